/** An app that shows the codes of a second factor. */
import { createHmac } from "node:crypto";

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** Moves the product's clock, of a server that has --test-clock, and gives what it shows then. */
export async function advance(server, by) {
  const answer = await fetch(`${server.url}/test/clock`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ advance: by }),
  });
  return Date.parse((await answer.json()).data.now);
}

/** What the app shows; the product's clock goes on first, so that each code is a new one. */
export async function codeOf(server, secret) {
  const now = await advance(server, "PT2M");
  const bits = Array.from(secret, (letter) => letters.indexOf(letter).toString(2).padStart(5, "0"));
  const key = Buffer.from(
    bits
      .join("")
      .match(/.{8}/g)
      .map((byte) => Number.parseInt(byte, 2)),
  );
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(now / 30_000)));
  const hash = createHmac("sha1", key).update(step).digest();
  const number = hash.readUInt32BE(hash[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}
