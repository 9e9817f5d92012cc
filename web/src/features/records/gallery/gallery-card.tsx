import { useState } from "react";
import { Link } from "react-router";
import type { Field } from "@/api/catalog";
import { thumbnailAddress } from "@/api/files";
import type { Value } from "@/api/types";
import { filesOf } from "@/kinds/field/file";
import { ValueView } from "@/kinds/field/value-view";
import { Facts, filledFields } from "../list/facts";
import type { ListRow } from "../list/use-rows";
import { type ListOrigin, recordAddress } from "../record/neighbours";
import styles from "./gallery.module.css";
import { hueOf, initials } from "./initials";

interface GalleryCardProps {
  readonly object: string;
  readonly row: ListRow | undefined;
  readonly name: string;
  readonly cover: Field | undefined;
  readonly fields: readonly Field[];
  readonly origin: ListOrigin;
  readonly current: boolean;
}

const factsOnCard = 3;

/** A record with its picture. */
export function GalleryCard(props: GalleryCardProps) {
  const { object, row, name, cover } = props;
  if (!row) return <div className={styles.card} aria-busy="true" />;
  const { record, included } = row;
  const filled = filledFields(props.fields, row, props.fields.length);
  const chip = filled.find((field) => field.field === "select");
  const facts = filled.filter((field) => field !== chip).slice(0, factsOnCard);
  return (
    <article
      className={styles.card}
      data-record={record.id}
      data-testid={`gallery.card.${record.id}`}
    >
      <Cover id={record.id} name={name} value={(cover && record[cover.name]) ?? null} />
      <div className={styles.words}>
        <Link
          className={styles.name}
          to={recordAddress(object, record.id)}
          state={props.origin}
          tabIndex={props.current ? 0 : -1}
          title={name}
        >
          {name}
        </Link>
        {chip && <ValueView field={chip} value={record[chip.name]} included={included} brief />}
        <Facts fields={facts} row={row} />
      </div>
    </article>
  );
}

/** The first picture, or the initials where there is none that can be shown. */
function Cover({ id, name, value }: { id: string; name: string; value: Value }) {
  const [broken, setBroken] = useState(false);
  const [first] = value === null ? [] : filesOf(value);
  const source = first && thumbnailAddress(first);
  if (source && !broken) {
    return (
      <span className={styles.cover}>
        <img src={source} alt="" loading="lazy" onError={() => setBroken(true)} />
      </span>
    );
  }
  return (
    <span className={styles.cover} data-hue={hueOf(id)} aria-hidden="true">
      <span className={styles.initials}>{initials(name)}</span>
    </span>
  );
}
