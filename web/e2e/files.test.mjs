/**
 * Files in a form, in a list and beside the fields of a record: chosen, dropped, refused with a
 * reason, shown small, downloaded, removed. With SHOTS=folder the pages are also photographed.
 */
import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { api, at, axeClean, openPage, start } from "./harness.mjs";

const photo = {
  name: "门店照片.png",
  mimeType: "image/png",
  buffer: await readFile(resolve(import.meta.dirname, "../screenshots/list.png")),
};
const contract = {
  name: "框架合同 2026.pdf",
  mimeType: "application/pdf",
  buffer: Buffer.from("%PDF-1.7\n"),
};
const disguised = {
  name: "logo.png",
  mimeType: "image/png",
  buffer: Buffer.from("<!DOCTYPE html><script>alert(1)</script>"),
};
const large = {
  name: "video.mp4",
  mimeType: "video/mp4",
  buffer: Buffer.alloc(1_500_000),
};

const { server, browser, page, storageState } = await start();
await api(page, "POST", "/meta/_apply", {
  definitions: [
    {
      kind: "object",
      name: "shop",
      title: "门店",
      plural: "门店",
      icon: "building",
      type: "object",
      properties: {
        name: { field: "text", title: "名称" },
        front: { field: "image", title: "门头照片" },
        papers: { field: "file", title: "合同与附件", multiple: true, maxSize: 1_048_576 },
      },
    },
    {
      kind: "view",
      name: "shop_all",
      object: "shop",
      title: "全部",
      type: "table",
      columns: ["name", "front", "papers"],
    },
    { kind: "app", name: "shops", title: "门店", items: [{ object: "shop" }] },
  ],
});
await page.context().close();

async function photograph(page, name) {
  if (!process.env.SHOTS) return;
  await mkdir(process.env.SHOTS, { recursive: true });
  await page.screenshot({ path: join(process.env.SHOTS, `${name}.png`), fullPage: true });
}

const input = (page, field) => page.locator(`input[data-testid="${field}"]`);

test("a record is made with a picture and papers, and shows them", async () => {
  const page = await openPage(browser, server, { storageState });
  await page.goto("/o/shop/new");
  await page.getByRole("textbox", { name: "名称" }).fill("西湖店");
  await input(page, "field.papers").setInputFiles([contract, large]);
  await page.getByText("文件超过 1 MB。").waitFor();
  await at(page, "file.框架合同 2026.pdf").waitFor();
  await input(page, "field.front").setInputFiles(disguised);
  await at(page, "file.logo.png").waitFor();
  await photograph(page, "form");
  page.expectRefusal(422);
  await at(page, "form.save").click();
  await page.getByText("该文件不是可以显示的图片").first().waitFor();
  await input(page, "field.front").setInputFiles(photo);
  await at(page, "file.门店照片.png").waitFor();
  await axeClean(page, "the form");
  await photograph(page, "form-refused");
  await at(page, "form.save").click();
  await page.waitForURL(/\/o\/shop\/[0-9a-f-]{36}/);

  const picture = at(page, "record.field.front").locator("img");
  await picture.waitFor();
  await page.waitForFunction((image) => image.naturalWidth > 100, await picture.elementHandle());
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    at(page, "record.field.papers").getByRole("link", { name: contract.name }).click(),
  ]);
  assert.equal(download.suggestedFilename(), contract.name);
  assert.deepEqual(await readFile(await download.path()), contract.buffer);

  const files = at(page, "record.files");
  await files.getByText("暂无文件。").waitFor();
  await photograph(page, "record-empty");
  await input(page, "record.files.add").setInputFiles([photo, contract]);
  await files.getByTestId(`file.${photo.name}`).waitFor();
  await files.getByTestId(`file.${contract.name}`).waitFor();
  await at(page, "timeline").getByTestId(`file.${contract.name}`).waitFor();
  await axeClean(page, "the record");
  await photograph(page, "record");
  await files.getByRole("button", { name: `移除 ${contract.name}` }).click();
  await files.getByTestId(`file.${contract.name}`).waitFor({ state: "detached" });

  await page.goto("/o/shop");
  await page.getByRole("link", { name: photo.name }).waitFor();
  await axeClean(page, "the list");
  await photograph(page, "list");
  page.assertClean();
  await page.context().close();
});

test("files look well in both schemes and on a phone", async () => {
  for (const colorScheme of ["light", "dark"]) {
    const page = await openPage(browser, server, {
      storageState,
      viewport: { width: 390, height: 844 },
      colorScheme,
    });
    await page.goto("/o/shop");
    await page.getByText("西湖店").first().waitFor();
    await photograph(page, `phone-list-${colorScheme}`);
    await page.getByText("西湖店").first().click();
    await at(page, "record.files").locator("img").waitFor();
    assert.ok(
      await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth),
      "nothing sticks out",
    );
    await axeClean(page, `the record, ${colorScheme}`);
    await photograph(page, `phone-record-${colorScheme}`);
    page.assertClean();
    await page.context().close();
  }
});
