import { describe, expect, it } from "vitest";
import { harmless, readSheet, writeSheet, writeTable } from "./sheet";

describe("cells of a spreadsheet", () => {
  it("are read as they were written, whatever stands in them", () => {
    const rows = [
      ["a", "", "b\tc"],
      ['say "so"', "line\nbreak", '"quoted"'],
      ["", "", ""],
    ];
    expect(readSheet(writeSheet(rows))).toEqual(rows);
  });

  it("are read as Excel, Sheets and WPS write them", () => {
    expect(readSheet("a\tb\r\nc\td\r\n")).toEqual([
      ["a", "b"],
      ["c", "d"],
    ]);
    expect(readSheet('"two\nlines"\tx\n')).toEqual([["two\nlines", "x"]]);
    expect(readSheet('5" pipe\t"open')).toEqual([['5" pipe', '"open']]);
    expect(readSheet("a\n\nb")).toEqual([["a"], [""], ["b"]]);
    expect(readSheet("one")).toEqual([["one"]]);
    expect(readSheet("\t")).toEqual([["", ""]]);
  });

  it("are read in one go, however long and malformed", () => {
    const open = `"${'""'.repeat(50_000)}`;
    expect(readSheet(open)[0]?.[0]).toHaveLength(open.length);
  });

  it("run nothing where they are pasted", () => {
    for (const cell of ["=1+1", "+cmd|' /C calc'!A0", "-1-1", "@SUM(A1)", " =1", "＝1", "'=1"]) {
      expect(harmless(cell)).toBe(`'${cell}`);
    }
    for (const cell of ["-1,200.50", "12.5%", "+86 138 0013 8000", "a=b", "张伟"]) {
      expect(harmless(cell)).toBe(cell);
    }
  });

  it("stand in a table that holds no marks of theirs", () => {
    const table = "<table><tr><td>&lt;b&gt;</td><td>a<br>b</td></tr></table>";
    expect(writeTable([["<b>", "a\nb"]])).toBe(table);
  });
});
