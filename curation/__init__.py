"""The product: use cases and rules. Nothing in here knows Streamlit, FastAPI or boto3."""
