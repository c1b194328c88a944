# The image of `constriction`: docs/how_to/container.md. `make container-test` builds it and tries it for real.
#
# No address of an index or mirror stands in here. A site that needs its own hands them in as secrets, which only the
# step that downloads sees and which no layer keeps:
#   --secret id=apt,src=site.sources   sources of Debian packages      --secret id=pip,src=pip.conf   pip's configuration
#   --secret id=certificates,src=ca.crt   certificates; that pip.conf names them /run/secrets/certificates
ARG BASE=debian:trixie-slim

# What runs, and what compiles DOLFINx's forms at run time.
FROM ${BASE} AS system
# After gcc: OpenGL for pictures (libgl1, libegl1), then what gmsh and VTK link. Nothing here links statically, uses
# sanitizers or optimises at link time, so that 170 MB of gcc's and Python's packages can go.
RUN --mount=type=secret,id=apt,target=/etc/apt/sources.list.d/site.sources \
    export DEBIAN_FRONTEND=noninteractive && \
    apt-get update -qq && \
    apt-get install -qq --no-install-recommends \
        python3 libpython3-dev gcc libc6-dev \
        libgl1 libegl1 \
        libglu1-mesa libxcursor1 libxft2 libxinerama1 libxrender1 libgomp1 && \
    rm -rf /usr/libexec/gcc/*/*/lto1 /usr/bin/*-lto-dump-* /usr/bin/*gcov* /usr/lib/gcc/*/*/lib*san* /usr/lib/*/lib*san.so* \
        /usr/lib/*/libpython3*.a /usr/lib/python3*/config-*/libpython3*.a /usr/lib/*/libc.a /usr/lib/*/libm-*.a /usr/lib/*/libmvec.a \
        /usr/share/doc /usr/share/man /usr/share/info /usr/share/locale \
        /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old /var/log/*

# The pinned libraries, and the program.
FROM system AS build
RUN --mount=type=secret,id=apt,target=/etc/apt/sources.list.d/site.sources \
    export DEBIAN_FRONTEND=noninteractive && \
    apt-get update -qq && \
    apt-get install -qq --no-install-recommends binutils ca-certificates python3-pip
WORKDIR /build
COPY requirements.txt .
RUN --mount=type=secret,id=pip,target=/etc/pip.conf \
    --mount=type=secret,id=certificates \
    python3 -m pip download --quiet --disable-pip-version-check --only-binary :all: --no-deps --require-hashes \
        --dest wheels --requirement requirements.txt
# From here on nothing is downloaded: pip finds the wheels whose hashes were checked, and no others.
ENV PIP_NO_INDEX=1 PIP_FIND_LINKS=/build/wheels PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
COPY pyproject.toml .
# What the command needs, without the tools of development.
RUN python3 -c "import tomllib; \
project = tomllib.load(open('pyproject.toml', 'rb'))['project']; \
extras = project['optional-dependencies']; \
print(*project['dependencies'], *extras['biologic'], *extras['interactive'], sep='\n')" > needed.txt && \
    python3 -m venv --without-pip /opt/constriction && \
    python3 -m pip --python /opt/constriction/bin/python install --quiet --requirement needed.txt && \
    python3 -m pip install --quiet --target /opt/test-tools pytest hypothesis
COPY .ci/prune .
RUN sh prune /opt/constriction
COPY LICENSE README.md ./
COPY constriction constriction
COPY meshes meshes
RUN python3 -m pip --python /opt/constriction/bin/python install --quiet --no-deps --no-build-isolation --root /package .

FROM system AS runtime
COPY --from=build /opt/constriction /opt/constriction
COPY --from=build /package /
COPY meshes /opt/constriction/meshes
# One thread each: two ranks on two cores, and the same sums every time. Pictures need no display. What libraries keep
# for themselves goes where anyone may write, also if the image itself is read-only. mpiexec starts its ranks itself: in
# a SLURM job it would call srun, which is not in here.
ENV PATH=/opt/constriction/bin:$PATH \
    HOME=/tmp \
    XDG_CACHE_HOME=/var/cache/constriction \
    MPLCONFIGDIR=/tmp/matplotlib \
    MESA_SHADER_CACHE_DISABLE=true \
    OMP_NUM_THREADS=1 \
    HYDRA_LAUNCHER=fork \
    VTK_DEFAULT_OPENGL_WINDOW=vtkEGLRenderWindow
# Every shipped case once, so that every form is compiled: of meshed and thin gaps, films, a mesh for multigrid; without
# bounds and field where a case has none. The folder then takes more forms from any user; what is in it is nobody's to
# replace, and enough when nothing can be written.
RUN for case in /opt/constriction/meshes/*.toml; do \
        out=/tmp/$(basename $case .toml); \
        constriction run $case --out $out --bounds --field || constriction run $case --out $out || exit; \
    done && \
    rm -rf /tmp/* /var/cache/constriction/fenics/*.o && \
    chmod 1777 /var/cache/constriction /var/cache/constriction/fenics && \
    useradd --uid 1000 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin constriction && \
    install --directory --mode 1777 /data
WORKDIR /data
USER constriction
ENTRYPOINT ["constriction"]

# `--target test`: the tests, run on the libraries as they are in the image.
FROM runtime AS test
COPY --from=build /opt/test-tools /opt/test-tools
COPY . /src
ENV PYTHONPATH=/opt/test-tools
WORKDIR /src
ENTRYPOINT ["python", "-m", "pytest", "-p", "no:cacheprovider"]

FROM runtime
