import type { RunTimeNeed } from './run-time-needs.ts';

/** What packages do that another user than root may not do in folders of root's. Data. */
export interface UserNeed {
  readonly language: RunTimeNeed['language'];
  readonly name: RegExp;
  readonly does: 'writes files' | 'needs root';
}

/** Their own pages on https://www.npmjs.com and https://pypi.org. Packages that write to the temporary folder alone are not among them. */
export const userNeeds: readonly UserNeed[] = [
  {
    language: 'javascript',
    does: 'writes files',
    name: /^(better-sqlite3|sqlite3?|sql\.js|libsql|@libsql\/client|@journeyapps\/sqlcipher|connect-sqlite3|lowdb|(@seald-io\/)?nedb|@?nedb-promises|lmdb|level|leveldown|classic-level|rocksdb|multer|express-fileupload|session-file-store|winston-daily-rotate-file|log4js|rotating-file-stream|pino-roll|simple-node-logger|node-persist|node-localstorage|keyv-file|cache-manager-fs\w*|flat-cache|node-cache-file|next|nuxt|gatsby|astro|@remix-run\/dev|vite|webpack-dev-server|parcel|react-scripts|@angular\/cli|@vue\/cli-service|ts-node(-dev)?|babel-node|@babel\/node|nodemon|pm2|puppeteer|playwright|@playwright\/test|whatsapp-web\.js|baileys|@whiskeysockets\/baileys|json-server|@?strapi(\/strapi)?|ghost|@xenova\/transformers|@huggingface\/transformers|pouchdb(-\w+)*|tingodb|nodejs-file-downloader|download|electron|node-red|hexo|@feathersjs\/cli|parse-server|verdaccio|n8n|directus|payload|keystone|@keystone-6\/core|@adonisjs\/core|sails)$/,
  },
  {
    language: 'javascript',
    does: 'needs root',
    name: /^(dockerode|docker-modem|raw-socket|net-ping|pcap|cap|serialport|onoff|rpi-gpio|pigpio|i2c-bus|spi-device|usb|node-hid|fuse-native|posix|userid|passwd-linux|systemctl|@abandonware\/\w+|node-wifi|iwlist|arpscan|local-devices)$/,
  },
  {
    language: 'python',
    does: 'writes files',
    name: /^(matplotlib|seaborn|plotnine|numba|librosa|umap-learn|transformers|huggingface-hub|sentence-transformers|diffusers|datasets|torchvision|torchaudio|tensorflow-hub|tensorflow-datasets|keras|nltk|spacy|stanza|gensim|openai-whisper|faster-whisper|easyocr|paddleocr|ultralytics|gdown|fastembed|flair|streamlit|gradio|chainlit|mlflow|wandb|prefect|dagster|apache-airflow|luigi|celery|jupyter|jupyterlab|notebook|voila|playwright|pyppeteer|selenium|webdriver-manager|undetected-chromedriver|chromadb|lancedb|tinydb|diskcache|pydal|emmett\d*|py4web|web2py|sqlitedict|aiosqlite|sqlalchemy-utils|duckdb|zodb|whoosh|flask-session|flask-caching|flask-uploads|wagtail|scrapy|yt-dlp|youtube-dl|instaloader|gallery-dl|fsspec|kaggle|cookiecutter|concurrent-log-handler|logbook|pywikibot|nonebot\d?|red-discordbot|telethon|pyrogram|pelican|mkdocs(-material)?|sphinx|rasa|odoo|reflex|pynecone|solara|nicegui|label-studio)$/,
  },
  {
    language: 'python',
    does: 'needs root',
    name: /^(docker|docker-py|scapy|pyroute2|python-iptables|pypcap|pcapy|netfilterqueue|rpi-gpio|gpiozero|smbus2?|spidev|pyserial|pyusb|libusb1|bluepy|bleak|pybluez|evdev|python-uinput|fusepy|pyfuse3|psutil-\w+|supervisor|python-pam|pam|pyaudio|sounddevice|v4l2\w*|icmplib|ping3|pythonping|python-nmap|netmiko-\w+|bcc)$/,
  },
];

/** Packages of distributions that are there to run as root, or to become another user: https://packages.debian.org, https://pkgs.alpinelinux.org */
export const rootServices =
  /^(cron|cronie|dcron|busybox-suid|supervisor|s6|s6-overlay|runit|openrc|systemd(-\w+)?|openssh(-server)?|dropbear|nginx(-\w+)*|apache2|httpd|lighttpd|haproxy|caddy|postfix|exim4|sendmail|rsyslog|syslog-ng|samba|vsftpd|proftpd(-\w+)*|nfs-\w+|iptables|nftables|ipset|iproute2|wireguard(-tools)?|openvpn|tcpdump|nmap|libpcap\w*|libcap2-bin|sudo|doas|gosu|su-exec|fuse3?|docker(\.io|-cli|-ce|-ce-cli)?|mysql-server|mariadb(-server)?|postgresql(-\d+)?|redis(-server)?|mongodb(-\w+)?|rabbitmq-server|memcached|xvfb|x11vnc|dbus|avahi-\w+|bluez|alsa-utils|php\d*-fpm|chromium(-\w+)*|google-chrome-\w+|firefox(-esr)?)$/;
