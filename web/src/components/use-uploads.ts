import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Fault } from "@/api/fault";
import { largestFile, type Place, type StoredFile, sendFile, toldLimit } from "@/api/files";
import { useFormat } from "./use-format";

/** A file on its way, or one that was refused. */
export interface Upload {
  readonly key: number;
  readonly name: string;
  /** How much has gone, from 0 to 1. */
  readonly share: number;
  readonly refusal: string | null;
}

/** Sends files and tells how far they are; onDone hears of each that arrived. */
export function useUploads(
  place: Place,
  onDone: (file: StoredFile) => void,
  largest: number = largestFile,
) {
  const { t } = useTranslation();
  const format = useFormat();
  const [uploads, setUploads] = useState<readonly Upload[]>([]);
  const stops = useRef(new Map<number, AbortController>());
  const next = useRef(0);
  const done = useRef(onDone);
  done.current = onDone;
  useEffect(() => {
    const running = stops.current;
    return () => {
      for (const stop of running.values()) stop.abort();
    };
  }, []);

  const drop = useCallback((key: number) => {
    stops.current.get(key)?.abort();
    stops.current.delete(key);
    setUploads((all) => all.filter((one) => one.key !== key));
  }, []);
  const change = useCallback((key: number, to: Partial<Upload>) => {
    setUploads((all) => all.map((one) => (one.key === key ? { ...one, ...to } : one)));
  }, []);

  const send = async (file: File) => {
    const key = next.current++;
    const tooLarge = file.size > Math.min(largest, largestFile);
    const refusal = tooLarge
      ? t("files.tooLarge", { max: format.bytes(toldLimit(Math.min(largest, largestFile))) })
      : null;
    setUploads((all) => [...all, { key, name: file.name, share: 0, refusal }]);
    if (tooLarge) return;
    const stop = new AbortController();
    stops.current.set(key, stop);
    try {
      const stored = await sendFile(place, file, (share) => change(key, { share }), stop.signal);
      drop(key);
      done.current(stored);
    } catch (error) {
      if (stop.signal.aborted) return;
      change(key, { refusal: error instanceof Fault ? error.message : t("files.failed") });
    }
  };
  return { uploads, dismiss: drop, send };
}
