(module (func (export "cabi_import_realloc")))
