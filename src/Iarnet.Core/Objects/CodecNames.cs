namespace Iarnet.Objects;

/// <summary>The names of the codecs that every Iarnet worker knows. They travel with the bytes.</summary>
public static class CodecNames
{
    /// <summary>The bytes themselves.</summary>
    public const string Raw = "raw";

    /// <summary>UTF-8 JSON.</summary>
    public const string Json = "json";

    /// <summary>A Protocol Buffers message in its binary form.</summary>
    public const string Protobuf = "protobuf";

    /// <summary>A Python pickle: opaque to everything but Python.</summary>
    public const string Pickle = "pickle";

    /// <summary>
    /// A Python pickle of protocol 5 with its large buffers beside it, where Python reads them in place: opaque to everything but Python.
    /// </summary>
    public const string PickleBuffers = "pickle5";
}
