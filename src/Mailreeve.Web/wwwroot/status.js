// A report's number and its code stand behind the "#" of the address, which browsers send to nobody. This reads them and asks for the state.
// The page works without it: number and code can be typed in.
const form = document.querySelector("[data-status]");
const [, report, code] = /^#(R-\d{1,18})\.([a-z2-7-]{16,40})$/i.exec(location.hash) ?? [];
if (form && code) {
  form.elements.report.value = report;
  form.elements.code.value = code;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams({ report, code }) });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.title = page.title;
    document.querySelector("main").replaceWith(page.querySelector("main"));
  } catch {
    // The form is filled in; its button does the same.
  }
}
