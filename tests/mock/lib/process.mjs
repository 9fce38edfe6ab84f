// Programs that say where they are in one line of JSON, and end with the test.
import { spawn } from "node:child_process";
import { once } from "node:events";
import readline from "node:readline";

const STARTED = new Set();
process.on("exit", () => STARTED.forEach((child) => child.kill("SIGKILL")));

export async function start(command, args, env = process.env) {
  const child = spawn(command, args, { env, stdio: ["pipe", "pipe", "pipe"] });
  STARTED.add(child);
  let complaints = "";
  child.stderr.on("data", (data) => { complaints = (complaints + data).slice(-4000); });
  const [line] = await Promise.race([once(readline.createInterface(child.stdout), "line"), once(child, "exit"), once(child, "error")]);
  if (typeof line !== "string") throw new Error(`${command} ${args.join(" ")} did not start: ${line ?? ""}\n${complaints}`);
  return { child, complaints: () => complaints, ...JSON.parse(line) };
}

export async function stop({ child, complaints }) {
  if (child.exitCode !== null) throw new Error(`it had ended with ${child.exitCode}:\n${complaints()}`);
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
  STARTED.delete(child);
}
