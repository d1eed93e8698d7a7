// Chooses between the light and the dark colours before anything is drawn: those that the
// visitor chose in the header, or else those that the system asks for. The script blocks the
// page for that reason, and uses only old JavaScript (ES5), as isolate.js does. It sets on
// <html>:
//   data-theme         "light" or "dark", which the style sheet follows
//   data-theme-choice  "light" or "dark" if the visitor chose, else "system"
// and dispatches the event "theme" on the document when the first one changes. The header
// sets the second one and dispatches the event "themechoice".
(function () {
    "use strict";

    var KEPT = "manyhands theme";
    var root = document.documentElement;
    var system = window.matchMedia && window.matchMedia("(prefers-color-scheme: dark)");

    function known(choice) {
        return choice === "light" || choice === "dark" ? choice : "system";
    }

    function kept() {
        try {
            return known(localStorage.getItem(KEPT));
        } catch (forbidden) {
            return "system";
        }
    }

    function keep(choice) {
        try {
            if (choice === "system") localStorage.removeItem(KEPT);
            else localStorage.setItem(KEPT, choice);
        } catch (forbidden) {
            // The choice then lasts as long as the page.
        }
    }

    function apply(choice) {
        var asked = system && system.matches ? "dark" : "light";
        var theme = choice === "system" ? asked : choice;
        root.setAttribute("data-theme-choice", choice);
        if (theme === root.getAttribute("data-theme")) return;
        root.setAttribute("data-theme", theme);
        var event = document.createEvent("Event");
        event.initEvent("theme", false, false);
        document.dispatchEvent(event);
    }

    apply(kept());
    document.addEventListener("themechoice", function () {
        var choice = known(root.getAttribute("data-theme-choice"));
        keep(choice);
        apply(choice);
    });
    // Another tab has changed the choice.
    window.addEventListener("storage", function (event) {
        if (event.key === KEPT || event.key === null) apply(kept());
    });
    if (system && system.addEventListener) {
        system.addEventListener("change", function () {
            apply(known(root.getAttribute("data-theme-choice")));
        });
    }
})();
