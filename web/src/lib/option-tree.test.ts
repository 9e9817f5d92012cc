import { describe, expect, it } from "vitest";
import { branchesOf, optionPath } from "./option-tree";

const options = [
  { const: "33", title: "浙江省" },
  { const: "3301", title: "杭州市", parent: "33" },
  { const: "330106", title: "西湖区", parent: "3301" },
  { const: "stray", title: "Stray", parent: "gone" },
];

describe("options of a tree", () => {
  it("are called by their path", () => {
    expect(optionPath(options, "330106")).toBe("浙江省 / 杭州市 / 西湖区");
    expect(optionPath(options, "33")).toBe("浙江省");
    expect(optionPath(options, "99")).toBe("99");
  });

  it("are branches; one without its parent stands at the top", () =>
    expect(branchesOf(options)).toEqual([
      {
        value: "33",
        label: "浙江省",
        children: [
          { value: "3301", label: "杭州市", children: [{ value: "330106", label: "西湖区" }] },
        ],
      },
      { value: "stray", label: "Stray" },
    ]));
});
