/**
 * A company's sign-in: a certified provider of OpenID Connect, as a process of its own.
 *
 *   node provider.mjs PORT CALLBACK
 *
 * Who comes says which address he has; "unverified" in it is one that nobody has verified. Its
 * address is printed once it answers.
 */
import { createServer } from "node:http";
import Provider from "oidc-provider";

const [port, callback] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "trellis",
      client_secret: "a secret of the provider",
      redirect_uris: [callback],
      grant_types: ["authorization_code"],
      response_types: ["code"],
    },
  ],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  cookies: { keys: ["only for journeys"] },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, { uid }) => `/interaction/${uid}` },
  pkce: { required: () => true },
  findAccount: (_, email) => ({
    accountId: email,
    claims: () => ({
      sub: email,
      email,
      email_verified: !email.startsWith("unverified"),
      name: email.split("@")[0],
    }),
  }),
});

const page = `<!doctype html><html lang="en"><title>Company account</title><link rel="icon" href="data:,"><h1>Company account</h1>
<form method="post"><label>Address <input name="email"></label><button>Go on</button></form>
<form method="post"><button name="cancel" value="1">Cancel</button></form></html>`;

/** Asks who comes, and takes him at his word. */
async function interact(request, response) {
  const { prompt, session, params, grantId } = await provider.interactionDetails(request, response);
  if (prompt.name === "consent") {
    const grant = grantId
      ? await provider.Grant.find(grantId)
      : new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
    grant.addOIDCScope(params.scope);
    const consent = { grantId: await grant.save() };
    return provider.interactionFinished(request, response, { consent });
  }
  if (request.method === "GET") {
    response.setHeader("Content-Type", "text/html; charset=utf-8");
    return response.end(page);
  }
  let body = "";
  for await (const chunk of request) body += chunk;
  const said = new URLSearchParams(body);
  const result = said.get("cancel")
    ? { error: "access_denied", error_description: "cancelled" }
    : { login: { accountId: said.get("email"), remember: false } };
  return provider.interactionFinished(request, response, result);
}

const answer = provider.callback();
createServer((request, response) => {
  if (!request.url.startsWith("/interaction/")) return answer(request, response);
  interact(request, response).catch((error) => {
    response.statusCode = 500;
    response.end(String(error));
  });
}).listen(Number(port), "127.0.0.1", () => console.log(issuer));
