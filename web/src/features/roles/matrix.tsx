import { type KeyboardEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCatalog } from "@/api/meta";
import { type RoleAction, roleActions } from "@/api/roles";
import { IconButton } from "@/components/button";
import { Icon } from "@/components/icon";
import { TableFrame } from "@/components/table-frame";
import { CellWords } from "./cell-words";
import { cellOf, type Entry, exceptions } from "./role-model";
import styles from "./roles.module.css";

/** A cell of the matrix. */
export interface Place {
  readonly object: string;
  readonly action: RoleAction;
}

interface MatrixProps {
  readonly label: string;
  /** The rows. */
  readonly objects: readonly string[];
  readonly entries: readonly Entry[];
  /** What a role is called. */
  readonly called: (role: string) => string;
  /** Cells that say something else than what is published. */
  readonly changed: (place: Place) => boolean;
  /** Without them the matrix is read. */
  readonly onCycle?: (place: Place) => void;
  readonly onOpen?: (place: Place) => void;
  readonly onRemove?: (object: string) => void;
  readonly onFields: (place: Place) => void;
}

/** What a role says of each object, in words. */
export function Matrix(props: MatrixProps) {
  const { t } = useTranslation();
  const { objects } = props;
  const grid = useRef<HTMLTableElement>(null);
  const [at, setAt] = useState({ row: 0, column: 0 });
  const columns = roleActions.length + 1;
  const row = Math.min(at.row, objects.length - 1);

  const go = (to: { row: number; column: number }) => {
    const next = {
      row: Math.max(0, Math.min(objects.length - 1, to.row)),
      column: Math.max(0, Math.min(columns - 1, to.column)),
    };
    setAt(next);
    grid.current?.querySelector<HTMLElement>(`[data-cell="${next.row}.${next.column}"]`)?.focus();
  };
  const press = (event: KeyboardEvent) => {
    const steps: Record<string, readonly [number, number]> = {
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
      Home: [0, -columns],
      End: [0, columns],
    };
    const step = steps[event.key];
    const object = objects[row];
    const action = roleActions[at.column];
    if (step) go({ row: row + step[0], column: at.column + step[1] });
    else if (event.key.toLowerCase() === "f" && object)
      props.onFields({ object, action: action ?? "read" });
    else if (event.key === " " && object && action && props.onCycle)
      props.onCycle({ object, action });
    else return;
    event.preventDefault();
  };

  return (
    <TableFrame label={props.label}>
      <table
        ref={grid}
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: arrow keys walk through its cells
        role="grid"
        className={styles.matrix}
        aria-label={props.label}
        aria-readonly={!props.onCycle}
        onKeyDown={press}
        // A button is pressed when Space is let go of.
        onKeyUp={(event) => event.key === " " && props.onCycle && event.preventDefault()}
        data-testid="roles.matrix"
      >
        <thead>
          <tr>
            <th scope="col">{t("roles.object")}</th>
            {roleActions.map((action) => (
              <th key={action} scope="col">
                {t(`roles.actions.${action}`)}
              </th>
            ))}
            <th scope="col">{t("roles.fields")}</th>
          </tr>
        </thead>
        <tbody>
          {objects.map((object, index) => (
            <MatrixRow
              key={object}
              {...props}
              object={object}
              row={index}
              current={index === row ? at.column : undefined}
              onFocus={(column) => setAt({ row: index, column })}
            />
          ))}
        </tbody>
      </table>
    </TableFrame>
  );
}

interface MatrixRowProps extends MatrixProps {
  readonly object: string;
  readonly row: number;
  readonly current: number | undefined;
  readonly onFocus: (column: number) => void;
}

function MatrixRow(props: MatrixRowProps) {
  const { t } = useTranslation();
  const { object, entries, row, current } = props;
  const catalog = useCatalog();
  const title = useObjectTitle()(object);
  const own = entries.some((one) => one.from === undefined && one.grant.object === object);
  const of = entries.filter((one) => one.grant.object === object);
  const count = object === "*" ? 0 : exceptions(of, catalog.fields(object)).length;
  return (
    <tr data-testid={`roles.row.${object}`}>
      <th scope="row">
        <span className={styles.name}>
          {title}
          {props.onRemove && own && (
            <IconButton
              small
              icon="trash"
              label={t("roles.removeObject", { object: title })}
              onClick={() => props.onRemove?.(object)}
              testId={`roles.remove.${object}`}
            />
          )}
        </span>
      </th>
      {roleActions.map((action, column) => {
        const cell = cellOf(entries, object, action);
        const changed = props.changed({ object, action });
        return (
          <td key={action} data-label={t(`roles.actions.${action}`)} data-changed={changed}>
            <button
              type="button"
              className={styles.cell}
              tabIndex={current === column ? 0 : -1}
              data-cell={`${row}.${column}`}
              data-testid={`roles.cell.${object}.${action}`}
              aria-disabled={!props.onOpen}
              onFocus={() => props.onFocus(column)}
              onClick={() => props.onOpen?.({ object, action })}
            >
              <span className="unseen">
                {title} · {t(`roles.actions.${action}`)}
              </span>
              <CellWords cell={cell} called={props.called} />
              {changed && <span className={styles.change}>{t("roles.changed")}</span>}
            </button>
          </td>
        );
      })}
      <td data-label={t("roles.fields")}>
        {object === "*" ? (
          "–"
        ) : (
          <button
            type="button"
            className={styles.cell}
            tabIndex={current === roleActions.length ? 0 : -1}
            data-cell={`${row}.${roleActions.length}`}
            data-testid={`roles.fields.${object}`}
            onFocus={() => props.onFocus(roleActions.length)}
            onClick={() => props.onFields({ object, action: "read" })}
          >
            <span className="unseen">{title} · </span>
            <span className={styles.words}>
              <Icon name="columns" />
              {count ? t("roles.exceptions", { count }) : t("roles.noExceptions")}
            </span>
          </button>
        )}
      </td>
    </tr>
  );
}

/** What an object of a grant is called; "*" is every object. */
export function useObjectTitle(): (object: string) => string {
  const { t } = useTranslation();
  const catalog = useCatalog();
  return (object) =>
    object === "*" ? t("roles.everyObject") : (catalog.object(object)?.title ?? object);
}
