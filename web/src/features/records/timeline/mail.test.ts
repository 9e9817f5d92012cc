import { describe, expect, it } from "vitest";
import { mailLink, mailNote } from "./mail";

const to = "wei+crm@example.com";

describe("a mail", () => {
  it("opens in the mail program with all that was written", () => {
    const link = mailLink({ to, subject: "报价 & 方案?", text: "张总：\n见附件。" });
    const url = new URL(link ?? "");
    expect(decodeURIComponent(url.pathname)).toBe(to);
    expect(url.search).toBe(
      `?subject=${encodeURIComponent("报价 & 方案?")}&body=${encodeURIComponent("张总：\r\n见附件。")}`,
    );
  });

  it("cannot be given another receiver by what is written", () => {
    const link = mailLink({ to, subject: "a&bcc=spy@example.com", text: "b&cc=spy@example.com" });
    const asked = new URL(link ?? "").searchParams;
    expect([...asked.keys()]).toEqual(["subject", "body"]);
    const other = mailLink({ to: "a@example.com?bcc=spy@example.com", subject: "", text: "" });
    expect(new URL(other ?? "").search).toBe("");
  });

  it("that is too long for a link has none", () => {
    expect(mailLink({ to, subject: "", text: "长".repeat(300) })).toBeNull();
  });

  it("is noted by its subject and its text", () => {
    expect(mailNote({ to, subject: "报价", text: " 见附件 " }, "邮件：报价")).toBe(
      "邮件：报价\n\n见附件",
    );
    expect(mailNote({ to, subject: "报价", text: "" }, "邮件：报价")).toBe("邮件：报价");
  });
});
