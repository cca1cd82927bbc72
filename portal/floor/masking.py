"""Personal data shown to those who need not read it: enough to recognise one's own, too little to learn another's."""

DOT = "•"


def _middle(value: str, head: int, tail: int) -> str:
    if len(value) <= head + tail:
        return DOT * len(value)
    return value[:head] + DOT * (len(value) - head - tail) + value[len(value) - tail :]


def mask_id(value: str) -> str:
    """026090001234 → 026•••••1234"""
    return _middle(value.strip(), 3, 4)


def mask_phone(value: str) -> str:
    """0912345678 → 091••••678"""
    return _middle(value.strip(), 3, 3)


def mask_email(value: str) -> str:
    """an@example.vn → a•@example.vn"""
    name, at, domain = value.strip().rpartition("@")
    return _middle(name, 1, 0) + at + domain if at else DOT * len(domain)


def mask_name(value: str) -> str:
    """Nguyễn Thị An → Nguyễn T•• A•"""
    first, *rest = value.split() or [""]
    return " ".join([first, *(word[0] + DOT * (len(word) - 1) if len(word) > 1 else DOT for word in rest)])
