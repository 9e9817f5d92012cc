import { describe, expect, it } from "vitest";
import { keptText, mentionAt, partsOf, typedText } from "./mentions";

const [wang, li] = ["0190a000-0000-7000-8000-000000000001", "0190a000-0000-7000-8000-000000000002"];

describe("a mention", () => {
  it("is kept by the person's id and read by the name", () => {
    const named = { [wang]: "王伟", [li]: "王伟明" };
    const kept = keptText("请@王伟明 和 @王伟 看看, a@王b", named);
    expect(kept).toBe(`请@[${li}] 和 @[${wang}] 看看, a@王b`);
    expect(typedText(kept, named)).toBe("请@王伟明 和 @王伟 看看, a@王b");
    expect(partsOf(kept, named)[1]).toEqual({ text: "@王伟明", person: li });
  });

  it("of somebody unknown stays what it is", () => {
    expect(typedText(`@[${wang}]`, {})).toBe(`@[${wang}]`);
    expect(partsOf(`@[${wang}]!`, {})).toEqual([{ text: "@…", person: wang }, { text: "!" }]);
  });

  it("is being typed behind an @ that does not belong to an address", () => {
    expect(mentionAt("你好@wa", 5)).toBe("wa");
    expect(mentionAt("@", 1)).toBe("");
    expect(mentionAt("mail@example", 12)).toBeNull();
    expect(mentionAt("@wang hello", 11)).toBeNull();
  });
});
