// A program with Composio's first SDK (composio-core), unmodified, against coffer in place of the cloud:
//   coffer dev                     (prints the two variables)
//   npm install composio-core
//   COMPOSIO_BASE_URL=... COMPOSIO_API_KEY=... node legacy_agent.mjs
import { ComposioToolSet } from "composio-core";
import { visit } from "./form_user.mjs";

// --- 1. Identify the user and the app ---
const userIdInMyApp = "user-quickstart-js-example";
const appToConnect = "github";

// Of the tool sets for OpenAI, LangChain and Cloudflare, none reads COMPOSIO_BASE_URL: they need { baseUrl }.
const toolset = new ComposioToolSet();
const entity = await toolset.getEntity(userIdInMyApp);
console.log(`connecting ${appToConnect} for entity ${entity.id}`);

// --- 2. Initiate the connection ---
const connectionRequest = await entity.initiateConnection({ appName: appToConnect });

// --- 3. Wait for the user, who is here a program that signs in as alice@example.com would ---
console.log("open", new URL(connectionRequest.redirectUrl).pathname.replace(/lk_.*/, "lk_..."));
const [activeConnection] = await Promise.all([
  connectionRequest.waitUntilActive(120),
  visit(connectionRequest.redirectUrl, { email: "alice@example.com", password: "password" }),
]);
console.log(activeConnection.appName, activeConnection.status);

// --- 4. Execute an action, by the entity and then by the connected account ---
for (const context of [{ entityId: userIdInMyApp }, { connectedAccountId: activeConnection.id }]) {
  const userInfo = await toolset.executeAction({
    action: "GITHUB_GET_THE_AUTHENTICATED_USER",
    params: {},
    ...context,
  });
  if (userInfo.successful) console.log("GitHub username:", userInfo.data.login);
  else console.log("failed to fetch the user:", userInfo.error);
}
