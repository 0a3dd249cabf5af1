"""What the files about the service may say: groups, levels, organisations, assets, answers."""
