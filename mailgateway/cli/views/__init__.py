"""What commands show people: tables, sheets and bars."""
