using System.Buffers.Binary;
using System.Security.Cryptography;
using Iarnet.Components.Protocol;
using Iarnet.Components.Wire;
using Iarnet.Objects;

namespace Iarnet.Components.Worker;

/// <summary>Checks what the engine says of a function before anything is done with it.</summary>
internal static class ManifestReader
{
    /// <exception cref="InvalidDataException">It is not of the form that the protocol asks for.</exception>
    public static FunctionManifest Read(LoadFunction load) => new(load.Name, [.. load.Parameters], load.Variadic, load.Dotnet is { } code ? Read(code) : null);

    private static MethodManifest Read(DotNetCode code) =>
        new([.. code.Files.Select(Read)], code.Assembly, code.Type, code.Method, [.. code.ParameterTypes]);

    private static CodeFileManifest Read(CodeFile file)
    {
        // The name becomes one in a folder of ours: nothing in it may lead out of there.
        if (file.Name.Length is 0 or > 255 || file.Name.AsSpan().IndexOfAny('/', '\\', '\0') >= 0 || file.Name is "." or "..")
        {
            throw WireReader.Malformed($"'{file.Name}' does not name a code file");
        }

        if (file.Sha256.Length != SHA256.HashSizeInBytes || file.Object?.Id.Length != 16)
        {
            throw WireReader.Malformed($"code file '{file.Name}' has no hash or no object");
        }

        return new CodeFileManifest(
            file.Name,
            [.. file.Sha256.Span],
            (long)Math.Min(file.Size, long.MaxValue),
            new Objects.ObjectRef(new ObjectId(BinaryPrimitives.ReadUInt128BigEndian(file.Object.Id.Span)), file.Object.Source));
    }
}
