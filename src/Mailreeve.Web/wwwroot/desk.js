// Tells an operator that something new waits, without touching what is half typed. The desk works without this.
const desk = document.querySelector("[data-agenda]");
if (desk) {
  const banner = document.querySelector("[data-agenda-changed]");
  setInterval(async () => {
    if (document.hidden || !banner.hidden)
      return;
    try {
      const answer = await fetch("/desk/agenda", { headers: { accept: "application/json" } });
      if (answer.ok && (await answer.json()).state !== desk.dataset.agenda)
        banner.hidden = false;
    } catch {
      // The next look will tell.
    }
  }, 15000);
}
