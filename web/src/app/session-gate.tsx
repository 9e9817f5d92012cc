import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { connect } from "@/api/client";
import { keys } from "@/api/keys";
import { sessionQuery, useMaybeMe } from "@/api/session";
import type { Me } from "@/api/types";
import { SignInAgain } from "@/features/session/sign-in-again";

/** When the session ends under an open page, or may do nothing more, has the person do what it takes. */
export function SessionGate() {
  const client = useQueryClient();
  const me = useMaybeMe();
  const [open, setOpen] = useState(false);
  const waiting = useRef<(() => void)[]>([]);

  useEffect(() => {
    connect({
      signInAgain: () =>
        new Promise((resolve) => {
          waiting.current.push(resolve);
          setOpen(true);
        }),
    });
  }, []);

  const over = me?.second_factor?.over ?? false;
  useEffect(() => {
    // What is asked anew says so, and the frame then shows how to get one.
    connect({
      confine: () => {
        if (!over) void client.invalidateQueries({ queryKey: keys.session });
      },
    });
  }, [client, over]);

  const resume = (signedIn: Me) => {
    // Somebody else's page would be full of what only the first person may see.
    if (me && me.id !== signedIn.id) {
      location.assign("/");
      return;
    }
    client.setQueryData(sessionQuery.queryKey, signedIn);
    setOpen(false);
    for (const resolve of waiting.current.splice(0)) resolve();
    void client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== keys.session[0] });
  };

  return <SignInAgain open={open} email={me?.email ?? ""} onSignedIn={resume} />;
}
