// The code stands behind the "#" of the address, which browsers send to nobody. This puts it into the field, and does no more: programs that look
// at links run scripts, too, and only a person presses the button. The page works without it: the code can be typed in.
const form = document.querySelector("[data-code]");
const [, code] = /^#([a-z2-7]{16,40})$/i.exec(location.hash) ?? [];
if (form && code)
  form.elements.code.value = code;
