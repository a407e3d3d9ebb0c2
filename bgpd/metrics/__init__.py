"""What Prometheus and Kubernetes are told: tables of figures, read from the daemon when somebody asks."""
