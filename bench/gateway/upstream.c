/* A provider that answers at once, or as slowly as it is told: OpenAI's chat completions on 127.0.0.1.
 *
 *   cc -O2 -o upstream upstream.c && ./upstream PORT [FIRST_MS [GAP_MS]]
 *
 * A request whose body says "stream": true gets 53 events, each in a write of its own, GAP_MS apart;
 * any other gets one answer of about 600 bytes. Both begin after FIRST_MS. One thread, epoll.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 4096, INPUT = 1 << 16, EVENTS = 53 };

struct client {
  int fd, used, streaming, waiting, next;
  double due;
  char in[INPUT];
};

static struct client *clients[MOST];
static int many;
static double first_ms, gap_ms;
static char answer[2048], head[256], events[EVENTS][512];
static int answer_size, head_size, event_size[EVENTS];

static double now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static void write_texts(void) {
  const char *begin = "\"id\":\"chatcmpl-bench-0000000000000001\",\"created\":1760000000,\"model\":\"gpt-4o-mini\"";
  const char *used = "\"usage\":{\"prompt_tokens\":42,\"completion_tokens\":50,\"total_tokens\":92}";
  char body[1536], text[400];
  memset(text, 'w', 300);
  for (int at = 6; at < 300; at += 7) text[at] = ' ';
  text[300] = 0;
  int size = sprintf(body, "{%s,\"object\":\"chat.completion\",\"choices\":[{\"index\":0,\"message\":"
    "{\"role\":\"assistant\",\"content\":\"%s\",\"refusal\":null},\"logprobs\":null,"
    "\"finish_reason\":\"stop\"}],%s}", begin, text, used);
  answer_size = sprintf(answer, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", size, body);
  head_size = sprintf(head, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int n = 0; n < EVENTS; n++) {
    char data[400], *end = n == EVENTS - 1 ? "0\r\n\r\n" : "";
    if (n < 50)
      sprintf(data, "data: {%s,\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{%s\"content\":\"word%02d \"},\"logprobs\":null,\"finish_reason\":null}]}\n\n", begin, n ? "" : "\"role\":\"assistant\",", n);
    else if (n == 50)
      sprintf(data, "data: {%s,\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n", begin);
    else if (n == 51)
      sprintf(data, "data: {%s,\"object\":\"chat.completion.chunk\",\"choices\":[],%s}\n\n", begin, used);
    else
      strcpy(data, "data: [DONE]\n\n");
    event_size[n] = sprintf(events[n], "%x\r\n%s\r\n%s", (int)strlen(data), data, end);
  }
}

static void leave(struct client *c) {
  for (int n = 0; n < many; n++)
    if (clients[n] == c) clients[n] = clients[--many];
  close(c->fd);
  free(c);
}

static int say(struct client *c, const char *bytes, int size) {
  while (size) {
    int sent = send(c->fd, bytes, size, MSG_NOSIGNAL);
    if (sent <= 0) return 0;
    bytes += sent, size -= sent;
  }
  return 1;
}

/* Takes a whole request out of what has come; gives whether there was one. */
static int taken(struct client *c) {
  c->in[c->used] = 0;
  char *end = strstr(c->in, "\r\n\r\n");
  if (!end) return 0;
  char *line = strcasestr(c->in, "\r\ncontent-length:");
  int size = line && line < end ? atoi(line + 17) : 0;
  int whole = end + 4 - c->in + size;
  if (c->used < whole) return 0;
  char *asked = strstr(end, "\"stream\"");
  c->streaming = asked && !strncmp(asked + 8 + strspn(asked + 8, " :"), "true", 4);
  memmove(c->in, c->in + whole, c->used - whole);
  c->used -= whole;
  return 1;
}

/* Says all that is due; gives whether the client is still there. */
static int go_on(struct client *c) {
  while (c->waiting && c->due <= now_ms()) {
    if (!c->streaming) {
      c->waiting = 0;
      if (!say(c, answer, answer_size)) return 0;
    } else if (c->next < 0) {
      if (!say(c, head, head_size)) return 0;
      c->next = 0;
    } else {
      if (!say(c, events[c->next], event_size[c->next])) return 0;
      c->waiting = ++c->next < EVENTS;
      c->due += gap_ms;
    }
  }
  return 1;
}

static int heard(struct client *c) {
  int came = recv(c->fd, c->in + c->used, INPUT - 1 - c->used, MSG_DONTWAIT);
  if (came <= 0) return 0;
  c->used += came;
  if (c->waiting || !taken(c)) return 1;
  c->waiting = 1, c->next = -1, c->due = now_ms() + first_ms;
  return go_on(c);
}

/* Gives how long until something is due, NULL for ever: to the microsecond, as it is told to be. */
static struct timespec *until_due(void) {
  static struct timespec left;
  double soonest = 1e18, now = now_ms();
  for (int n = 0; n < many; n++)
    if (clients[n]->waiting && clients[n]->due < soonest) soonest = clients[n]->due;
  double left_ms = soonest > now ? soonest - now : 0;
  left.tv_sec = left_ms / 1e3;
  left.tv_nsec = (left_ms - left.tv_sec * 1e3) * 1e6;
  return soonest > 1e17 ? NULL : &left;
}

int main(int count, char **said) {
  int one = 1, door = socket(AF_INET, SOCK_STREAM, 0), loop = epoll_create1(0);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  at.sin_port = htons(count > 1 ? atoi(said[1]) : 9000);
  first_ms = count > 2 ? atof(said[2]) : 0, gap_ms = count > 3 ? atof(said[3]) : 0;
  signal(SIGPIPE, SIG_IGN);
  prctl(PR_SET_TIMERSLACK, 1000);
  write_texts();
  setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(door, (void *)&at, sizeof at) || listen(door, 1024)) return perror("upstream"), 1;
  struct epoll_event event = {.events = EPOLLIN}, ready[256];
  epoll_ctl(loop, EPOLL_CTL_ADD, door, &event);
  for (;;) {
    int came = epoll_pwait2(loop, ready, 256, first_ms || gap_ms ? until_due() : NULL, NULL);
    for (int n = 0; n < came; n++) {
      struct client *c = ready[n].data.ptr;
      if (c) {
        if (!heard(c)) leave(c);
      } else if (many < MOST) {
        c = calloc(1, sizeof *c);
        c->fd = accept(door, 0, 0);
        setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        event.data.ptr = clients[many++] = c;
        epoll_ctl(loop, EPOLL_CTL_ADD, c->fd, &event);
      }
    }
    if (first_ms || gap_ms)
      for (int n = many - 1; n >= 0; n--)
        if (clients[n]->waiting && !go_on(clients[n])) leave(clients[n]);
  }
}
