import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Roles } from "@/api/roles";
import { useLanguage } from "@/components/use-language";
import { usePhone } from "@/components/use-media";
import { sameValue } from "@/lib/same-value";
import { AbilityList } from "./ability-list";
import { AddObject } from "./add-object";
import { CellDialog } from "./cell-dialog";
import { FieldSheet } from "./field-sheet";
import { Matrix, type Place } from "./matrix";
import { RestrictList } from "./restrict-list";
import {
  cellOf,
  entriesOf,
  inheritedBy,
  nextScope,
  objectsOf,
  plainScope,
  withAbility,
  withCell,
  withoutObject,
} from "./role-model";
import { titlesOf } from "./role-words";
import styles from "./roles.module.css";
import type { Draft } from "./use-draft";

interface RoleBodyProps {
  readonly draft: Draft;
  readonly roles: Roles;
  readonly edits: boolean;
}

/** What a role says, part by part. */
export function RoleBody({ draft, roles, edits }: RoleBodyProps) {
  const { t } = useTranslation();
  const [language] = useLanguage();
  const [fields, setFields] = useState<Place>();
  const [place, setPlace] = useState<Place>();
  const [added, setAdded] = useState<readonly string[]>([]);
  const { role, published, all } = draft;
  const entries = entriesOf(role, all);
  const before = published ? entriesOf(published, all) : [];
  const called = (name: string) => {
    const one = all.get(name);
    return one ? titlesOf(one, roles, language).here : name;
  };
  const changed = ({ object, action }: Place) =>
    !sameValue(
      cellOf(entries, object, action).map(({ grant, from }) => [grant.scope, grant.where, from]),
      cellOf(before, object, action).map(({ grant, from }) => [grant.scope, grant.where, from]),
    );
  const cycle = (to: Place) => {
    const scope = plainScope(cellOf(entries, to.object, to.action));
    if (scope === null) return setPlace(to);
    const next = nextScope(scope);
    draft.change(withCell(role, to.object, to.action, next === "none" ? null : { scope: next }));
  };
  const remove = (object: string) => {
    setAdded(added.filter((one) => one !== object));
    draft.change(withoutObject(role, object));
  };
  const objects = [...new Set([...objectsOf(entries), ...added])];
  const phone = usePhone();
  return (
    <>
      <section className={styles.part} aria-labelledby="role-matrix">
        <h2 id="role-matrix">{t("roles.matrix")}</h2>
        <p className={styles.quiet}>{t("roles.matrixHelp")}</p>
        {!phone && <p className={styles.quiet}>{t(edits ? "roles.keysEdit" : "roles.keysRead")}</p>}
        {objects.length === 0 ? (
          <p>{t("roles.noGrants")}</p>
        ) : (
          <Matrix
            label={t("roles.matrix")}
            objects={objects}
            entries={entries}
            called={called}
            changed={changed}
            onFields={(at) =>
              entries.some(({ grant }) => grant.object === at.object) && setFields(at)
            }
            {...(edits && { onCycle: cycle, onOpen: setPlace, onRemove: remove })}
          />
        )}
        {edits && <AddObject known={objects} onAdd={(object) => setAdded([...added, object])} />}
      </section>
      <RestrictList draft={draft} called={called} edits={edits} />
      <AbilityList
        role={role}
        inherited={inheritedBy(role, all).map((name) => [name, all.get(name)?.abilities ?? []])}
        called={called}
        {...(edits && {
          onChange: (ability, has) => draft.change(withAbility(role, ability, has)),
        })}
      />
      {place && (
        <CellDialog
          place={place}
          cell={cellOf(entries, place.object, place.action)}
          called={called}
          onChange={(cell) => draft.change(withCell(role, place.object, place.action, cell))}
          onClose={() => setPlace(undefined)}
        />
      )}
      {fields && (
        <FieldSheet
          draft={draft}
          place={fields}
          called={called}
          edits={edits}
          onClose={() => setFields(undefined)}
        />
      )}
    </>
  );
}
