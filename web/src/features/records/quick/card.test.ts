import { describe, expect, it } from "vitest";
import { type Card, readCard } from "./card";

const cases: readonly (readonly [text: string, card: Card])[] = [
  ["张伟 13812345678 云图科技", { person: "张伟", company: "云图科技", phones: ["13812345678"] }],
  [
    "Wei Zhang, Sales Director, Acme Ltd, +86 138 1234 5678, wei@acme.com",
    {
      person: "Wei Zhang",
      job_title: "Sales Director",
      company: "Acme Ltd",
      phones: ["+8613812345678"],
      email: "wei@acme.com",
    },
  ],
  [
    "李娜\n采购经理\n海蓝教育科技有限公司\n手机：138-0013-8000\n电话：021-6888 8888 转 801\n邮箱：lina@hailan.cn\nwww.hailan.cn\n上海市浦东新区世纪大道100号",
    {
      person: "李娜",
      job_title: "采购经理",
      company: "海蓝教育科技有限公司",
      phones: ["13800138000", "02168888888"],
      email: "lina@hailan.cn",
      url: "https://www.hailan.cn",
    },
  ],
  ["云图科技张总 400-820-8820", { person: "张总", company: "云图科技", phones: ["4008208820"] }],
  ["王小明经理，13900001111", { person: "王小明", job_title: "经理", phones: ["13900001111"] }],
  ["张伟总 华为", { person: "张伟", company: "华为", phones: [] }],
  [
    "华为 张伟 ＋８６ １３８１２３４５６７８",
    { person: "张伟", company: "华为", phones: ["+8613812345678"] },
  ],
  [
    "姓名：欧阳娜娜；公司：百川；职位：店长",
    { person: "欧阳娜娜", company: "百川", job_title: "店长", phones: [] },
  ],
  [
    "Dr. Anna O’Neill | Head of Purchasing | Initech GmbH | T: +49 30 1234567 | F: +49 30 7654321",
    {
      person: "Anna O’Neill",
      job_title: "Head of Purchasing",
      company: "Initech GmbH",
      phones: ["+49301234567"],
    },
  ],
  [
    "Jane Doe\nCEO at Globex Corporation\njane.doe@globex.example.com",
    {
      person: "Jane Doe",
      job_title: "CEO",
      company: "Globex Corporation",
      email: "jane.doe@globex.example.com",
      phones: [],
    },
  ],
  ["0086 138 1234 5678", { phones: ["+8613812345678"] }],
  ["2026-11-22", { phones: [] }],
  ["下周二给客户打电话", { phones: [] }],
  ["", { phones: [] }],
];

describe("a pasted card", () => {
  it.each(cases)("%j is read", (text, card) => {
    expect(readCard(text)).toEqual(card);
  });

  it("is read in no time, however long and odd it is", () => {
    const odd = `${"1-".repeat(5_000)}${"a.".repeat(5_000)}@${"张 ".repeat(5_000)}`;
    expect(readCard(odd).phones.length).toBeLessThan(500);
  });
});
