"""The pages, as browsers and scanners ask for them."""
