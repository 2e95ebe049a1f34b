"""Amazon S3: moto keeps the objects; what moto does not do stands around it. `service.py` first."""
