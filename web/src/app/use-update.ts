import { useEffect, useRef, useState } from "react";
import { useReach } from "@/lib/reach";

const lookEvery = 60 * 60 * 1000;

/** Keeps the application for when the server is out of reach; gives a way to a new version. */
export function useUpdate(): (() => void) | null {
  const [waiting, setWaiting] = useState<ServiceWorker | null>(null);
  const wanted = useRef(false);
  const known = useRef<ServiceWorkerRegistration>(undefined);
  const { offline } = useReach();
  // A server that was away may be back as another version.
  useEffect(() => {
    if (!offline) void known.current?.update().catch(() => undefined);
  }, [offline]);
  useEffect(() => {
    if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
    const workers = navigator.serviceWorker;
    let timer: ReturnType<typeof setInterval> | undefined;
    const reload = () => {
      if (wanted.current) location.reload();
    };
    workers.addEventListener("controllerchange", reload);
    const begin = async () => {
      const registration = await workers.register("/sw.js").catch(() => null);
      if (!registration) return;
      known.current = registration;
      const ready = (worker: ServiceWorker | null) => {
        if (worker?.state === "installed" && workers.controller) setWaiting(worker);
      };
      ready(registration.waiting);
      registration.addEventListener("updatefound", () => {
        const coming = registration.installing;
        coming?.addEventListener("statechange", () => ready(coming));
      });
      timer = setInterval(() => void registration.update().catch(() => undefined), lookEvery);
    };
    const soon = setTimeout(() => void begin(), 1_000);
    return () => {
      clearTimeout(soon);
      clearInterval(timer);
      workers.removeEventListener("controllerchange", reload);
    };
  }, []);
  if (!waiting) return null;
  return () => {
    wanted.current = true;
    waiting.postMessage("activate");
  };
}
