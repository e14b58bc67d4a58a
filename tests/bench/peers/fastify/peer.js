// A Fastify server that does the hub's availability check: `node peer.js PORT ITEMS LOCATIONS WORKERS KEY`.
// The same answer from the same positions; key looked up, correlation id given, answers counted. A worker process a core.
"use strict";
const cluster = require("node:cluster");
const { randomUUID } = require("node:crypto");

const [port, items, places, workers] = process.argv.slice(2, 6).map(Number);
const clients = new Map([[process.argv[6], "bench"]]);

if (cluster.isPrimary) {
  let up = 0;
  for (let i = 0; i < workers; i++) cluster.fork();
  cluster.on("listening", () => { if (++up === workers) console.log("ready"); });
  process.on("SIGTERM", () => {
    for (const worker of Object.values(cluster.workers)) worker.process.kill();
    process.exit(0);
  });
} else {
  const started = new Date().toISOString();
  const positions = new Map();
  for (let i = 1; i <= items; i++) {
    const at = [];
    for (let l = 1; l <= places; l++) at.push({ location: `L-${l}`, on_hand: 1000000, demand: 0, as_of: started, ms: Date.parse(started) });
    positions.set(`I-${i}`, at);
  }
  const text = { type: "string" };
  const response = {
    200: {
      type: "object",
      properties: {
        as_of: text, method: text,
        lines: { type: "array", items: { type: "object", properties: {
          sku: text, status: text, requested: text, uom: text, date: text, available: text,
          confirmed: { type: "array", items: { type: "object", properties: { quantity: text, date: text, location: text } } },
          earliest_full_date: { type: ["string", "null"] },
          locations: { type: "array", items: { type: "object", properties: {
            location: text, available: text, on_hand: text, as_of: text,
            age_ms: { type: "integer" }, stale: { type: "boolean" } } } } } } },
      },
    },
  };
  const body = {
    type: "object", required: ["lines"],
    properties: { lines: { type: "array", items: { type: "object", required: ["sku", "quantity"],
      properties: { sku: text, quantity: text } } } },
  };
  const counted = { answers: 0, refusals: 0, nanos: 0n };

  function check(asked, today, now) {
    const quantity = Number(asked.quantity), at = positions.get(asked.sku) || [];
    let all = 0;
    for (const each of at) all += each.on_hand - each.demand;
    const confirmed = [];
    let open = quantity;
    const whole = at.find((each) => each.on_hand - each.demand >= quantity);
    for (const each of whole ? [whole] : at) {
      const part = Math.min(open, each.on_hand - each.demand);
      if (part <= 0) continue;
      open -= part;
      confirmed.push({ quantity: String(part), date: today, location: each.location });
    }
    return {
      sku: asked.sku, status: at.length === 0 ? "unknown_item" : all >= quantity ? "available" : "partial", requested: asked.quantity,
      uom: "EA", date: today, available: String(all), confirmed, earliest_full_date: all >= quantity ? today : null,
      locations: at.map((each) => ({ location: each.location, available: String(each.on_hand - each.demand), on_hand: String(each.on_hand),
        as_of: each.as_of, age_ms: now - each.ms, stale: false })),
    };
  }

  const server = require("fastify")({ logger: false });
  server.addHook("onRequest", (request, reply, done) => {
    request.begun = process.hrtime.bigint();
    reply.header("X-Correlation-Id", request.headers["x-correlation-id"] || randomUUID());
    if (clients.has(request.headers["x-api-key"])) return done();
    reply.code(401).send({ code: "unauthenticated" });
  });
  server.addHook("onResponse", (request, reply, done) => {
    if (reply.statusCode === 200) counted.answers++; else counted.refusals++;
    counted.nanos += process.hrtime.bigint() - request.begun;
    done();
  });
  server.post("/v1/availability/check", { schema: { body, response } }, (request, reply) => {
    const now = new Date(), as_of = now.toISOString();
    reply.send({ as_of, method: "cumulative_lookahead", lines: request.body.lines.map((each) => check(each, as_of.slice(0, 10), +now)) });
  });
  server.listen({ port, host: "127.0.0.1" });
}
