// The filter over events, buttons that copy code, and open details on paper. Pages are complete without this.
"use strict";
(() => {
  const box = document.getElementById("filter");
  const normal = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");

  const apply = () => {
    const words = normal(box.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const topic of document.querySelectorAll("section.topic")) {
      let here = 0;
      for (const event of topic.querySelectorAll(".event")) {
        event.hidden = !words.every((word) => normal(event.dataset.text).includes(word));
        here += event.hidden ? 0 : 1;
      }
      topic.hidden = here === 0;
      shown += here;
    }
    document.getElementById("found").textContent = words.length ? `${shown} ${shown === 1 ? "event" : "events"}` : "";
  };

  if (box) {
    box.closest(".filter").hidden = false;
    box.addEventListener("input", apply);
    apply();
  }

  if (navigator.clipboard) {
    for (const figure of document.querySelectorAll("figure.code")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "copy";
      button.textContent = "Copy";
      button.setAttribute("aria-label", `Copy ${figure.dataset.file}`);
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(figure.querySelector("code").textContent);
        button.textContent = "Copied";
      });
      figure.append(button);
    }
  }

  window.addEventListener("beforeprint", () => {
    for (const closed of document.querySelectorAll("details")) closed.open = true;
  });
})();
