/**
 * Rich text: HTML of a short list of elements. The server cleans it when it is written; here it is
 * read into a tree of nothing but that list before anything of it is drawn.
 */

/** The elements that there are. */
export type RichTag = (typeof tags)[number];

/** A text, or an element with what is in it. */
export type RichNode =
  | string
  | {
      readonly tag: RichTag;
      readonly href?: string;
      readonly children: readonly RichNode[];
    };

const tags = [
  "p",
  "br",
  "hr",
  "h1",
  "h2",
  "h3",
  "h4",
  "strong",
  "em",
  "u",
  "s",
  "ul",
  "ol",
  "li",
  "blockquote",
  "pre",
  "code",
  "a",
] as const;

const sameAs: Readonly<Record<string, RichTag>> = { b: "strong", i: "em", strike: "s", div: "p" };

/** What is left out with everything in it. */
const dropped = ["script", "style", "template", "noscript", "iframe", "object", "svg", "math"];

const blocks: readonly RichTag[] = ["p", "h1", "h2", "h3", "h4", "li", "blockquote", "pre"];

/** The tree of an HTML text; nothing of it runs or is fetched. */
export function readRich(html: string): readonly RichNode[] {
  return childrenOf(new DOMParser().parseFromString(html, "text/html").body);
}

/** The HTML of a tree. */
export function writeRich(nodes: readonly RichNode[]): string {
  return nodes.map(write).join("");
}

/** What a rich text says, without its marks. */
export function plainRich(html: string): string {
  return plain(readRich(html)).trim();
}

/** An address that a link may lead to. */
export function safeHref(address: string | null): string | undefined {
  return address && /^(https?:\/\/|mailto:)/i.test(address.trim()) ? address.trim() : undefined;
}

function childrenOf(parent: Node): readonly RichNode[] {
  return Array.from(parent.childNodes).flatMap((node): readonly RichNode[] => {
    if (node.nodeType === Node.TEXT_NODE) return node.textContent ? [node.textContent] : [];
    if (!(node instanceof Element)) return [];
    const name = node.tagName.toLowerCase();
    if (dropped.includes(name)) return [];
    const tag = sameAs[name] ?? tags.find((one) => one === name);
    const children = childrenOf(node);
    if (!tag) return children;
    if (tag !== "a") return [{ tag, children }];
    const href = safeHref(node.getAttribute("href"));
    return href ? [{ tag, href, children }] : children;
  });
}

function write(node: RichNode): string {
  if (typeof node === "string") return escaped(node);
  const { tag, href, children } = node;
  if (tag === "br" || tag === "hr") return `<${tag}>`;
  const address = href === undefined ? "" : ` href="${escaped(href)}"`;
  return `<${tag}${address}>${writeRich(children)}</${tag}>`;
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&#34;");
}

function plain(nodes: readonly RichNode[]): string {
  return nodes
    .map((node) => {
      if (typeof node === "string") return node;
      if (node.tag === "br" || node.tag === "hr") return "\n";
      return plain(node.children) + (blocks.includes(node.tag) ? "\n" : "");
    })
    .join("");
}
