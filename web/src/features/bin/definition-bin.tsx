import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { bringBack, type Dropped, droppedQuery } from "@/api/bin";
import { Fault } from "@/api/fault";
import { keys } from "@/api/keys";
import { faultText } from "@/components/fault-view";
import { useToast } from "@/components/toaster";
import { BinPart } from "./bin-part";
import { useWhen } from "./use-when";

const keyOf = (one: Dropped) => [one.kind, one.name, one.field].filter(Boolean).join(".");

const titled = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

/** Definitions and fields that were dropped, to come back with the values of their records. */
export function DefinitionBin() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const toast = useToast();
  const [problem, setProblem] = useState("");
  const list = useQuery(droppedQuery);
  const dropped = list.data?.data ?? [];
  const when = useWhen(list.data?.included.user);
  const restore = async (chosen: ReadonlySet<string>) => {
    setProblem("");
    try {
      await bringBack(dropped.filter((one) => chosen.has(keyOf(one))));
      toast({ text: t("bin.definitionsRestored", { count: chosen.size }) });
      await client.invalidateQueries({ queryKey: keys.meta });
    } catch (error) {
      const items = error instanceof Fault ? error.items.map((item) => item.message) : [];
      setProblem([faultText(error, t), ...new Set(items)].join(" "));
    }
    await client.invalidateQueries({ queryKey: keys.allBin });
  };
  return (
    <BinPart
      list={list}
      titles={[t("bin.what"), t("bin.deleted"), t("bin.until")]}
      rows={dropped.map((one) => ({
        key: keyOf(one),
        name: one.title,
        note: one.field || one.name,
        able: true,
        cells: [one.field ? t("bin.fieldOf", { object: one.of }) : titled(one.what), ...when(one)],
      }))}
      problem={problem}
      empty={t("bin.noDefinitions")}
      emptyText={t("bin.noDefinitionsText")}
      onRestore={restore}
    />
  );
}
