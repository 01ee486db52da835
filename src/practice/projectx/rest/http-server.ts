import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { HUB_NAMES } from "#practice/projectx/faults/fault.ts";
import type { HubServer } from "#practice/projectx/hubs/hub-server.ts";
import { type Answer, type RestServer, emptyAnswer } from "./rest-server.ts";

const BODY_BYTES_MAX = 1_048_576;

export type HttpParts = {
  readonly rest: RestServer;
  readonly hubs: HubServer;
  /** Adds the routes that only practice has. */
  readonly addPractice: (app: FastifyInstance) => void;
  /** Connections are refused for the moment. */
  readonly isDown: () => boolean;
  /** An error nobody expected. */
  readonly onBug: (error: unknown) => void;
};

/** The HTTP side of the gateway: REST, negotiate, upgrades and what is for practice only. Not listening yet. */
export function httpServer(parts: HttpParts): FastifyInstance {
  const { rest, hubs, isDown, onBug } = parts;
  const app = fastify({
    bodyLimit: BODY_BYTES_MAX,
    forceCloseConnections: true,
    routerOptions: { caseSensitive: false, ignoreTrailingSlash: true },
  });
  // Bodies are bound as ASP.NET does it, whatever type they claim to be.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
  app.setNotFoundHandler((_request, reply) => send(reply, emptyAnswer(404)));
  app.setErrorHandler((error: Error & { readonly statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) onBug(error);
    return send(reply, emptyAnswer(status));
  });
  app.get("/api/Status/ping", (_request, reply) => reply.type("text/plain").send("pong"));
  for (const name of rest.operationNames()) {
    app.post(`/api/${name}`, async (request, reply) => {
      const answer = await rest.answer({
        operation: name,
        authorization: request.headers.authorization ?? null,
        contentType: request.headers["content-type"] ?? null,
        body: typeof request.body === "string" ? request.body : "",
      });
      if (answer !== "hangUp") return send(reply, answer);
      reply.hijack();
      request.raw.socket.destroy();
      return reply;
    });
  }
  addNegotiate(app, hubs);
  parts.addPractice(app);
  app.server.on("connection", (socket) => {
    if (isDown()) socket.destroy();
  });
  app.server.on("upgrade", (request, socket, head) => hubs.upgrade(request, socket, head));
  return app;
}

function addNegotiate(app: FastifyInstance, hubs: HubServer): void {
  for (const hub of HUB_NAMES) {
    const url = `/hubs/${hub}/negotiate`;
    app.options(url, (request, reply) => send(allowOrigin(request, reply), emptyAnswer(204)));
    app.post(url, (request, reply) => {
      const query = request.query as Readonly<Record<string, string | undefined>>;
      const bearer = /^bearer (.+)$/iu.exec(request.headers.authorization ?? "")?.[1];
      const token = bearer ?? query["access_token"] ?? null;
      const { status, body } = hubs.negotiate(hub, token, Number(query["negotiateVersion"] ?? 0));
      if (body === null) return send(allowOrigin(request, reply), emptyAnswer(status));
      return allowOrigin(request, reply).type("application/json").send(JSON.stringify(body));
    });
  }
}

/** Pages of other origins may connect to the hubs. */
function allowOrigin(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { origin } = request.headers;
  if (origin === undefined) return reply;
  return reply
    .header("access-control-allow-origin", origin)
    .header("access-control-allow-credentials", "true")
    .header("access-control-allow-methods", "POST, OPTIONS")
    .header(
      "access-control-allow-headers",
      "authorization, x-requested-with, x-signalr-user-agent",
    );
}

function send(reply: FastifyReply, { status, headers, body }: Answer): FastifyReply {
  return reply.code(status).headers(headers).send(body);
}
