// An agent's program with Composio's own SDK, unmodified, against coffer in place of the cloud:
//   coffer dev                     (prints the two variables)
//   npm install @composio/core
//   COMPOSIO_BASE_URL=... COMPOSIO_API_KEY=... node agent.mjs
import { Composio } from "@composio/core";
import { visit } from "./form_user.mjs";

// Neither of these goes to coffer: without them the SDK speaks to hosts on the internet.
process.env.TELEMETRY_DISABLED = "true";
const composio = new Composio({ allowTracking: false, disableVersionCheck: true });

// The user, by an id of your own, and where the browser comes back to.
const session = await composio.create("user_123", {
  manageConnections: { callbackUrl: "http://127.0.0.1:9/chat" },
});

const connectionRequest = await session.authorize("gmail");

// Send this URL to the user (email, in-app notification, etc.)
console.log("open", new URL(connectionRequest.redirectUrl).pathname.replace(/lk_.*/, "lk_..."));

// Here nobody is in front of a browser: this fills in the forms as alice@example.com would.
const end = await visit(connectionRequest.redirectUrl, { email: "alice@example.com", password: "password" });
console.log("back at", end.origin + end.pathname, end.searchParams.get("status"));

const account = await connectionRequest.waitForConnection(20_000);
console.log(account.toolkit.slug, account.status);

const profile = await session.execute("GMAIL_GET_PROFILE", {});
console.log("acting as", profile.data.emailAddress);

const inbox = await session.execute("GMAIL_FETCH_EMAILS", { max_results: 1 });
console.log("messages", inbox.data.messages.length);
