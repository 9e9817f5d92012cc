/** Cells as spreadsheets put them into the clipboard: a line a row, a tab between two cells. */

/** Writes rows so that a spreadsheet reads the same cells again. */
export function writeSheet(rows: readonly (readonly string[])[]): string {
  const quoted = (cell: string) =>
    /[\t\r\n"]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
  return rows.map((row) => row.map(quoted).join("\t")).join("\r\n");
}

/** The same as a table, for mail and documents. */
export function writeTable(rows: readonly (readonly string[])[]): string {
  const marks: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
  const written = (cell: string) =>
    cell.replace(/[&<>]/g, (mark) => marks[mark] ?? mark).replace(/\r?\n/g, "<br>");
  const line = (row: readonly string[]) => row.map((one) => `<td>${written(one)}</td>`).join("");
  const lines = rows.map((row) => `<tr>${line(row)}</tr>`);
  return `<table>${lines.join("")}</table>`;
}

/** Reads rows as a spreadsheet wrote them; a quote that none closes is a letter like others. */
export function readSheet(text: string): readonly (readonly string[])[] {
  const plain = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  const rows: string[][] = [[]];
  let at = 0;
  while (at <= plain.length) {
    const quoted = /"((?:[^"]|"")*)"(?=[\t\n]|$)/y;
    const open = /[^\t\n]*/y;
    quoted.lastIndex = at;
    open.lastIndex = at;
    const inner = quoted.exec(plain);
    const cell = inner ? (inner[1] ?? "").replaceAll('""', '"') : (open.exec(plain)?.[0] ?? "");
    rows.at(-1)?.push(cell);
    at += inner ? inner[0].length : cell.length;
    if (plain[at] === "\n") rows.push([]);
    at++;
  }
  return rows;
}

const runs = /^'*[\s\0-\x20\u200b-\u200f\ufeff]*[=+\-@|%\uff1d\uff0b\uff0d\uff20]/;
const figure = /^[+-]?[\d\s.,]+%?$/;

/**
 * A cell that a spreadsheet would run as a formula gets an apostrophe before it, as in an export;
 * a figure, or a telephone number with its country, is none.
 */
export function harmless(cell: string): string {
  return runs.test(cell) && !figure.test(cell) ? `'${cell}` : cell;
}
