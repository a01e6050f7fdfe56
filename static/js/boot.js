// The only script that runs before the page is drawn: what needs JavaScript may now be shown.
document.documentElement.classList.add("js");
