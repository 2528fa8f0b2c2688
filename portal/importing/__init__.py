"""Taking in what a municipality has already: folders of texts, lists of people."""
