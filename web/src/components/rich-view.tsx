import { createElement, Fragment, type ReactNode } from "react";
import { type RichNode, readRich } from "@/lib/rich-text";
import styles from "./rich.module.css";

/** A rich text, drawn of the elements that there are and nothing else. */
export function RichView({ html }: { readonly html: string }) {
  return <div className={styles.rich}>{readRich(html).map(draw)}</div>;
}

function draw(node: RichNode, index: number): ReactNode {
  if (typeof node === "string") return <Fragment key={index}>{node}</Fragment>;
  const { tag, href, children } = node;
  const link = href && { href, target: "_blank", rel: "noopener noreferrer nofollow" };
  return createElement(tag, { key: index, ...link }, ...children.map(draw));
}
