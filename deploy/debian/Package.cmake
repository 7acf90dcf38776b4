# What the Debian package holds. deploy/debian/build.sh makes it.
set(here ${CMAKE_CURRENT_LIST_DIR})
install(FILES ${PROJECT_SOURCE_DIR}/deploy/systemd/walferry.service DESTINATION /lib/systemd/system COMPONENT debian EXCLUDE_FROM_ALL)
install(FILES ${here}/walferry.yaml DESTINATION /etc/walferry COMPONENT debian EXCLUDE_FROM_ALL)
install(FILES ${here}/copyright DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/walferry COMPONENT debian EXCLUDE_FROM_ALL)
install(FILES ${here}/walferry.bash-completion RENAME walferry
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT debian EXCLUDE_FROM_ALL)
install(FILES ${CMAKE_BINARY_DIR}/debian/walferry.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT debian EXCLUDE_FROM_ALL)
install(FILES ${CMAKE_BINARY_DIR}/debian/changelog.Debian.gz ${CMAKE_BINARY_DIR}/debian/walferry.cdx.json
  DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/walferry COMPONENT debian EXCLUDE_FROM_ALL)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME walferry)
set(CPACK_PACKAGE_VENDOR walferry)
set(CPACK_PACKAGE_CONTACT "walferry <walferry@example.org>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "change events from PostgreSQL to Kafka")
set(CPACK_PACKAGE_DESCRIPTION
  "Reads a logical replication slot of PostgreSQL, turns committed changes into\nevents as Debezium writes them and publishes them to Kafka. A position is\nacknowledged to PostgreSQL only after everything up to it was confirmed.")
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_CMAKE_PROJECTS
  "${CMAKE_BINARY_DIR};walferry;Unspecified;/;${CMAKE_BINARY_DIR};walferry;debian;/")
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 0walferry1)
set(CPACK_DEBIAN_PACKAGE_SECTION database)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "librdkafka1 (>= 2.0.2)")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS ca-certificates)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  "${here}/postinst;${here}/prerm;${here}/postrm;${CMAKE_BINARY_DIR}/debian/conffiles")
# Tests are not built for it: build.sh builds the one target.
set(CMAKE_SKIP_PACKAGE_ALL_DEPENDENCY ON CACHE INTERNAL "")
include(CPack)
