import { type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useWatch } from "@/api/live";
import { useCatalog } from "@/api/meta";
import { useMe } from "@/api/session";
import { useFormat } from "@/components/use-format";
import { useTitle } from "@/components/use-title";
import { civilDate, civilTime } from "@/lib/format";
import { isShortcut } from "@/lib/submit-key";
import styles from "./day.module.css";
import { LackingCard, TodayCard } from "./due-card";
import { dueObjects } from "./due-model";
import { useDueActs } from "./use-due-acts";

/** What one should do now: what is due, what lacks a next step, and beside it one's own figures. */
export default function MyDay({ figures }: { readonly figures?: ReactNode }) {
  const { t } = useTranslation();
  const me = useMe();
  const format = useFormat();
  const dues = dueObjects(useCatalog());
  const acts = useDueActs();
  const page = useRef<HTMLDivElement>(null);
  useDayKeys(page);
  useTitle(t("day.title"));
  useWatch(dues.map(({ object }) => object.name));
  const now = new Date().toISOString();
  const { timezone } = format.reader;
  return (
    <div ref={page} className={styles.page} data-testid="day">
      <header className={styles.header}>
        <h1>{t(`day.greeting.${partOfDay(civilTime(now, timezone))}`, { name: me.name })}</h1>
        <p className={styles.date}>{format.longDay(civilDate(now, timezone))}</p>
      </header>
      <div className={styles.cards} data-alone={figures === undefined}>
        <div className={styles.column}>
          {dues.length > 0 && <TodayCard dues={dues} acts={acts} />}
          {dues
            .filter(({ due }) => due.always)
            .map((due) => (
              <LackingCard key={due.object.name} due={due} acts={acts} />
            ))}
        </div>
        {figures && <div className={styles.column}>{figures}</div>}
      </div>
    </div>
  );
}

function partOfDay(time: string): "morning" | "noon" | "afternoon" | "evening" {
  if (time >= "05:00" && time < "11:00") return "morning";
  if (time >= "11:00" && time < "13:00") return "noon";
  return time >= "13:00" && time < "18:00" ? "afternoon" : "evening";
}

/** J and K go from row to row; L, D and S do what the row's buttons do, of the first without one. */
function useDayKeys(page: React.RefObject<HTMLElement | null>) {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const rows = [...(page.current?.querySelectorAll<HTMLElement>("[data-row]") ?? [])];
      const at = rows.findIndex((row) => row.contains(document.activeElement));
      const focus = (row: HTMLElement | undefined) =>
        row?.querySelector<HTMLElement>("[data-link]")?.focus();
      const act = ["l", "d", "s"].find((key) => isShortcut(event, key));
      if (isShortcut(event, "j")) focus(rows[Math.min(at + 1, rows.length - 1)]);
      else if (isShortcut(event, "k")) focus(rows[Math.max(at - 1, 0)]);
      else if (act) {
        const row = rows[Math.max(at, 0)];
        const button = row?.querySelector<HTMLElement>(`[data-act="${act}"] button`);
        if (!button) return;
        button.click();
        // The row leaves: the focus goes on to the next one.
        if (act === "d" && at >= 0) focus(rows[at + 1] ?? rows[at - 1]);
        if (act === "l") focusLog(row);
      } else return;
      event.preventDefault();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [page]);
}

function focusLog(row: HTMLElement | undefined) {
  requestAnimationFrame(() =>
    row?.querySelector<HTMLElement>('[data-testid="day.log"] input:checked')?.focus(),
  );
}
