import { useEffect, useRef, useState } from "react";
import type { ObjectDefinition } from "@/api/definitions";
import type { RelatedList as List } from "@/api/form-definition";
import { useCatalog } from "@/api/meta";
import styles from "./related.module.css";
import { RelatedList } from "./related-list";

interface RelatedListsProps {
  readonly lists: readonly List[];
  /** The record that the others point to. */
  readonly of: ObjectDefinition;
  readonly id: string;
}

/** The records that point to this one, list by list as its form says. */
export default function RelatedLists({ lists, of, id }: RelatedListsProps) {
  const catalog = useCatalog();
  const shown = lists.flatMap((list) => {
    const object = catalog.object(list.object);
    const by = catalog.field(list.object, list.by);
    return object && by ? [{ list, object, by }] : [];
  });
  return (
    <div className={styles.lists}>
      {shown.map(({ list, object, by }) => (
        <Later key={`${list.object}.${list.by}.${list.title}`}>
          <RelatedList list={list} object={object} by={by} of={of.name} id={id} />
        </Later>
      ))}
    </div>
  );
}

/** Draws what it holds when one comes near it. */
function Later({ children }: { children: React.ReactNode }) {
  const place = useRef<HTMLDivElement>(null);
  const [near, setNear] = useState(false);
  useEffect(() => {
    const node = place.current;
    if (near || !node) return;
    const watch = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && setNear(true),
      { rootMargin: "50%" },
    );
    watch.observe(node);
    return () => watch.disconnect();
  }, [near]);
  return (
    <div ref={place} className={styles.place}>
      {near && children}
    </div>
  );
}
