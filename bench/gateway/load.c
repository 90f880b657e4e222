/* Asks a gateway on 127.0.0.1 as often as it answers, or at a fixed rate, and tells how that went.
 *
 *   cc -O2 -o load load.c
 *   ./load PORT CONNECTIONS SECONDS RATE BODY_FILE [HEADER...]
 *
 * With RATE 0 each connection asks again when it has its answer. With a rate, requests are due at
 * fixed moments and latency counts from the moment a request was due, also when none could be sent.
 * Sixteen # in a row, in a header, are another number in each request (16 hex digits), so that heads
 * differ as those of applications do that send a trace of their own with every call.
 * An answer is good with status 200 and all of its body; a stream needs its [DONE] too. The first
 * fifth of the time is not counted. Prints one line of JSON. One thread, epoll.
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

enum { KEPT = 1 << 22, INPUT = 1 << 18, REQUEST = 1 << 18, LATE = 1 << 16, MARKS = 16 };

struct one {
  int fd, busy, used;
  double asked, first;
  char in[INPUT];
};

static char request[REQUEST];
static char *marks[MARKS];
static int request_size, marked, streaming, port, loop;
static double counts_from, *late;
static long late_first, late_last, good, bad, all;
static float *whole_us, *first_us;

static double now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static void dial(struct one *c) {
  int yes = 1;
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(port)};
  c->fd = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(c->fd, (void *)&at, sizeof at)) perror("load"), exit(1);
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
  epoll_ctl(loop, EPOLL_CTL_ADD, c->fd, &event);
}

static void ask(struct one *c, double due) {
  static unsigned long number;
  char hex[17];
  if (marked) sprintf(hex, "%016lx", ++number);
  for (int n = 0; n < marked; n++) memcpy(marks[n], hex, 16);
  c->used = 0, c->busy = 1, c->asked = due, c->first = 0;
  send(c->fd, request, request_size, MSG_NOSIGNAL);
}

/* 1: the answer is whole, 0: it is not yet, -1: it is none. */
static int judged(struct one *c) {
  c->in[c->used] = 0;
  char *end = strstr(c->in, "\r\n\r\n");
  if (!end) return 0;
  if (strncmp(c->in, "HTTP/1.1 200", 12)) return -1;
  char *tail = c->in + c->used;
  char *length = strcasestr(c->in, "\r\ncontent-length:");
  if (length && length < end) return tail - (end + 4) >= atol(length + 17);
  if (c->used < 7 || memcmp(tail - 7, "\r\n0\r\n\r\n", 7)) return 0;
  return !streaming || memmem(end, tail - end, "data: [DONE]", 12) ? 1 : -1;
}

static void told(struct one *c, int verdict) {
  double now = now_us();
  c->busy = 0, all++;
  if (c->asked >= counts_from) {
    if (verdict < 0) bad++;
    else if (good < KEPT) whole_us[good] = now - c->asked, first_us[good++] = c->first - c->asked;
  } else if (verdict < 0) bad++;
  if (verdict < 0) {
    if (bad == 1) fprintf(stderr, "%.300s\n", c->in);
    close(c->fd);
    dial(c);
  }
}

static void heard(struct one *c) {
  int came = recv(c->fd, c->in + c->used, INPUT - 1 - c->used, MSG_DONTWAIT);
  if (came <= 0) {
    if (c->busy) told(c, -1);
    else close(c->fd), dial(c);
    return;
  }
  c->used += came;
  if (!c->first && strstr(c->in, "\r\n\r\n")) c->first = now_us();
  int verdict = judged(c);
  if (verdict) told(c, verdict);
}

static int by_size(const void *a, const void *b) {
  float x = *(const float *)a, y = *(const float *)b;
  return (x > y) - (x < y);
}

static double ms_at(float *sorted, double share) { return good ? sorted[(long)(share * (good - 1))] / 1e3 : 0; }

static void prepare(int count, char **said) {
  static char body[REQUEST / 2];
  FILE *file = fopen(said[5], "rb");
  if (!file) perror(said[5]), exit(1);
  int size = fread(body, 1, sizeof body - 1, file);
  char *asked = strstr(body, "\"stream\"");
  streaming = asked && !strncmp(asked + 8 + strspn(asked + 8, " :"), "true", 4);
  request_size = sprintf(request, "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\n", port);
  for (int n = 6; n < count; n++) request_size += sprintf(request + request_size, "%s\r\n", said[n]);
  request_size += sprintf(request + request_size, "Content-Length: %d\r\n\r\n", size);
  for (char *at = request; marked < MARKS && (at = strstr(at, "################")); at += 16) marks[marked++] = at;
  memcpy(request + request_size, body, size);
  request_size += size;
}

int main(int count, char **said) {
  if (count < 6) return fprintf(stderr, "load PORT CONNECTIONS SECONDS RATE BODY_FILE [HEADER...]\n"), 2;
  int many = atoi(said[2]), idle_count = 0;
  double seconds = atof(said[3]), rate = atof(said[4]);
  port = atoi(said[1]);
  signal(SIGPIPE, SIG_IGN);
  prctl(PR_SET_TIMERSLACK, 1000);
  prepare(count, said);
  loop = epoll_create1(0);
  whole_us = malloc(KEPT * sizeof *whole_us), first_us = malloc(KEPT * sizeof *first_us);
  late = malloc(LATE * sizeof *late);
  struct one *every = calloc(many, sizeof *every), **idle = calloc(many, sizeof *idle);
  for (int n = 0; n < many; n++) dial(every + n);
  double began = now_us(), ends = began + seconds * 1e6, due = began;
  counts_from = began + seconds * 2e5;
  for (int n = 0; n < many; n++)
    if (rate) idle[idle_count++] = every + n;
    else ask(every + n, began);
  struct epoll_event ready[256];
  for (double now; (now = now_us()) < ends;) {
    for (; rate && due <= now; due += 1e6 / rate) {
      if (idle_count) ask(idle[--idle_count], due);
      else if (late_last - late_first < LATE) late[late_last++ % LATE] = due;
    }
    /* It sleeps to the microsecond and never spins: the provider has the same core. */
    double left_us = !rate ? 50e3 : due > now ? due - now : 0;
    struct timespec left = {.tv_nsec = left_us < 50e3 ? left_us * 1e3 : 50e6};
    int came = epoll_pwait2(loop, ready, 256, &left, NULL);
    for (int n = 0; n < came; n++) {
      struct one *c = ready[n].data.ptr;
      int was = c->busy;
      heard(c);
      if (!was || c->busy) continue;
      if (!rate) ask(c, now_us());
      else if (late_first < late_last) ask(c, late[late_first++ % LATE]);
      else idle[idle_count++] = c;
    }
  }
  qsort(whole_us, good, sizeof *whole_us, by_size);
  qsort(first_us, good, sizeof *first_us, by_size);
  printf("{\"all\":%ld,\"good\":%ld,\"bad\":%ld,\"per_second\":%.1f,\"p50_ms\":%.4f,\"p99_ms\":%.4f,\"first_p50_ms\":%.4f,\"waiting\":%ld}\n",
    all, good, bad, good / (seconds * 0.8), ms_at(whole_us, .5), ms_at(whole_us, .99), ms_at(first_us, .5), late_last - late_first);
  return 0;
}
