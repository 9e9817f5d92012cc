import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { forgetLayer, keepLayer, type Layer, layersQuery } from "@/api/layers";
import { faultText } from "@/components/fault-view";
import { useToast } from "@/components/toaster";

/** A column is dragged to its width in many small steps; one of them is kept. */
const restBeforeKeeping = 300;

/**
 * What this person changed of the views of an object. It is shown at once, and kept on the server
 * when it rests.
 */
export function useLayers(object: string) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const toast = useToast();
  const query = useMemo(() => layersQuery(object), [object]);
  const found = useQuery(query);
  const waiting = useRef(new Map<string, ReturnType<typeof setTimeout>>());
  const unsent = useRef(new Map<string, Layer | null>());
  const sent = useRef(new Set<string>());
  const last = useRef<Promise<unknown>>(Promise.resolve());

  const send = useCallback(
    (name: string) => {
      clearTimeout(waiting.current.get(name));
      waiting.current.delete(name);
      const layer = unsent.current.get(name);
      if (layer === undefined) return last.current;
      unsent.current.delete(name);
      if (layer) sent.current.add(name);
      else sent.current.delete(name);
      const stamp = ({ at }: Layer) =>
        client.setQueryData(query.queryKey, (all: readonly Layer[] = []) =>
          all.map((one) => (one.name === name && at ? { ...one, at } : one)),
        );
      last.current = last.current
        .then<unknown>(() =>
          layer ? keepLayer(object, layer).then(stamp) : forgetLayer(object, name),
        )
        .catch((error: unknown) => toast({ text: faultText(error, t) }));
      return last.current;
    },
    [object, client, query, t, toast],
  );
  useEffect(() => {
    const names = unsent.current;
    return () => {
      for (const name of names.keys()) void send(name);
    };
  }, [send]);

  const show = (name: string, layer: Layer | null) => {
    client.setQueryData(query.queryKey, (before: readonly Layer[] = []) => [
      ...before.filter((one) => one.name !== name),
      ...(layer ? [layer] : []),
    ]);
  };
  return {
    all: found.data ?? none,
    /** Whether it is known what there is, or that it cannot be known. */
    ready: !found.isPending,
    /** Keeps a layer; one that changes nothing is forgotten. */
    keep: (layer: Layer, now = false): Promise<unknown> => {
      const { name } = layer;
      const known = found.data?.some((one) => one.name === name && one.at !== undefined);
      const wanted = changesNothing(layer) ? null : layer;
      show(name, wanted);
      clearTimeout(waiting.current.get(name));
      unsent.current.set(name, wanted);
      if (!wanted && !known && !sent.current.has(name)) {
        unsent.current.delete(name);
        return last.current;
      }
      if (now) return send(name);
      waiting.current.set(
        name,
        setTimeout(() => void send(name), restBeforeKeeping),
      );
      return last.current;
    },
  };
}

const none: readonly Layer[] = [];

/** What the hook gives. */
export type Layers = ReturnType<typeof useLayers>;

function changesNothing(layer: Layer): boolean {
  const { title, filter, sort, columns, widths, group, density } = layer;
  const changes = [filter, sort, columns, widths, group, density];
  return title === "" && changes.every((one) => one === null);
}
