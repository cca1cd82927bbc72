"""A certificate and time-stamp authority: root, issuing CA, CRL, OCSP and RFC 3161, with keys kept between runs."""
