// Node 20 is supported here: what the SDK says of its future is no news to those who run a script.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
