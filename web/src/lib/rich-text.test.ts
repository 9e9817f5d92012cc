import { describe, expect, it } from "vitest";
import { plainRich, readRich, safeHref, writeRich } from "./rich-text";

const cleaned = (html: string) => writeRich(readRich(html));

describe("rich text", () => {
  it.each([
    ["<p>One <b>two</b></p>", "<p>One <strong>two</strong></p>"],
    ["<p onclick='x' style='color:red'>seen</p>", "<p>seen</p>"],
    ["<script>alert(1)</script>kept", "kept"],
    ["<img src=x onerror=alert(1)>kept", "kept"],
    ["<svg><animate onbegin=alert(1)></svg>kept", "kept"],
    ["<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>kept", "kept"],
    ['<a href="java&#9;script:alert(1)">one</a>', "one"],
    [
      '<a href="https://example.com/?a=1&amp;b=2" onclick="x">one</a>',
      '<a href="https://example.com/?a=1&amp;b=2">one</a>',
    ],
    ["<form><input value=x>kept</form>", "kept"],
    ["<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"],
    ["a &lt;b&gt; &amp; c", "a &lt;b&gt; &amp; c"],
  ])("is read as nothing but its own elements: %s", (html, safe) => {
    expect(cleaned(html)).toBe(safe);
    expect(cleaned(safe)).toBe(safe);
  });

  it("says its words, a paragraph a line", () =>
    expect(plainRich("<h2>Title</h2><p>One &amp; two</p><ul><li>three</li></ul>")).toBe(
      "Title\nOne & two\nthree",
    ));

  it("leads to pages and mail addresses only", () => {
    expect(safeHref(" https://example.com ")).toBe("https://example.com");
    expect(safeHref("mailto:a@example.com")).toBe("mailto:a@example.com");
    expect(safeHref("javascript:alert(1)")).toBeUndefined();
    expect(safeHref("data:text/html,x")).toBeUndefined();
    expect(safeHref(null)).toBeUndefined();
  });
});
