"use strict";
// Asks a gateway as an application does, unchanged but for address and key.
//
//   NODE_PATH=.../node_modules node asks.cjs PACKAGE < asked.json
//
// What is asked: {"key": ..., "cases": {name: base URL}}. Each case gives a line of JSON.

const package_ = process.argv[2];
const OpenAI = require(package_);
const { zodResponseFormat } = require(`${package_}/helpers/zod`);
const { z } = require("zod");

const HELLO = [{ role: "user", content: "hello" }];
const WEATHER = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};

function tool(called) {
  const run = (given) => {
    called.push(given);
    return "sun";
  };
  const about = { name: "weather", description: "The weather", parameters: WEATHER };
  return { type: "function", function: { ...about, function: run, parse: JSON.parse } };
}

async function refused(asking) {
  try {
    await asking;
  } catch (error) {
    const { status, code, param, type } = error;
    const message = typeof error.message === "string" && error.message.length > 0;
    const id = error.requestID ?? error.headers?.get("x-request-id") ?? null;
    return { class: error.constructor.name, status, code, param, type, message, id };
  }
  return "nothing was raised";
}

const CASES = {
  async whole(client) {
    const asked = client.chat.completions.create({ model: "desk", messages: HELLO });
    const { data, request_id } = await asked.withResponse();
    return { text: data.choices[0].message.content, id: request_id !== null };
  },

  async stream(client) {
    const stream = await client.chat.completions.create({
      model: "desk",
      messages: HELLO,
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = "";
    let tokens = null;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta?.content ?? "";
      tokens = chunk.usage?.completion_tokens ?? tokens;
    }
    return { text, counted: tokens > 0 };
  },

  async gathered(client) {
    const stream = client.chat.completions.stream({ model: "desk", messages: HELLO });
    return { text: await stream.finalContent() };
  },

  async tools(client) {
    const called = [];
    const runner = client.chat.completions.runTools({
      model: "desk",
      messages: [{ role: "user", content: "weather?" }],
      tools: [tool(called)],
    });
    return { text: await runner.finalContent(), called };
  },

  async structured(client) {
    const got = await client.chat.completions.parse({
      model: "desk",
      messages: HELLO,
      response_format: zodResponseFormat(z.object({ city: z.string() }), "city"),
    });
    return got.choices[0].message.parsed;
  },

  async responses(client) {
    const got = await client.responses.create({ model: "desk", input: "hello" });
    const kinds = [];
    const stream = await client.responses.create({ model: "desk", input: "hello", stream: true });
    for await (const event of stream) {
      kinds.push(event.type);
    }
    return { text: got.output_text, first: kinds[0], last: kinds.at(-1) };
  },

  async embeddings(client) {
    const got = await client.embeddings.create({ model: "desk", input: ["hello"] });
    return { numbers: got.data[0].embedding.every((one) => typeof one === "number") };
  },

  async bad_request(client) {
    return refused(client.chat.completions.create({ model: "desk", messages: [] }));
  },

  async unknown_model(client) {
    return refused(client.chat.completions.create({ model: "desks", messages: HELLO }));
  },

  async wrong_key(client) {
    const other = client.withOptions({ apiKey: "tk-wrong" });
    return refused(other.chat.completions.create({ model: "desk", messages: HELLO }));
  },

  async broken(client) {
    return refused(client.chat.completions.create({ model: "desk", messages: HELLO }));
  },

  async limited(client) {
    return refused(client.chat.completions.create({ model: "desk", messages: HELLO }));
  },

  async cut(client) {
    let text = "";
    const reading = async () => {
      const asked = { model: "desk", messages: HELLO, stream: true };
      for await (const chunk of await client.chat.completions.create(asked)) {
        text += chunk.choices[0]?.delta?.content ?? "";
      }
    };
    const raised = await refused(reading());
    return { text, raised: raised.class ?? raised };
  },
};

async function main() {
  const { key, cases } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
  for (const [name, baseURL] of Object.entries(cases)) {
    const client = new OpenAI({ apiKey: key, baseURL });
    process.stdout.write(`${JSON.stringify([name, await CASES[name](client)])}\n`);
  }
}

main();
