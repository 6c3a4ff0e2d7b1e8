using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Google.Protobuf;
using Iarnet.Components.Code;
using Iarnet.Components.Python;
using Iarnet.Components.Wire;
using Iarnet.Functions;
using Iarnet.Objects;
using Iarnet.Store;

namespace Iarnet.Components.Packaging;

/// <summary>Makes of a function what a component must be told to load it, and puts its code in the store. Done once per definition. Thread-safe.</summary>
internal sealed class FunctionPackager
{
    private readonly ObjectStore _store;
    private readonly string _owner;
    private readonly AssemblyClosure _closure;
    private readonly CodeFileCatalog _catalog = new();
    private readonly PythonFunctionPacker _python;
    private readonly ConditionalWeakTable<FunctionDefinition, Task<LoadFunction>> _packed = [];
    private readonly ConditionalWeakTable<Code.CodeFile, Task<Objects.ObjectRef>> _put = [];

    public FunctionPackager(ObjectStore store, ComponentActorHostOptions options, TimeProvider time)
    {
        _store = store;
        _owner = options.CodeOwner;
        _closure = new AssemblyClosure(Directory.Exists(options.WorkerFolder) ? options.WorkerFolder : null);
        _python = new PythonFunctionPacker(options.PythonInterpreter, options.WorkerFolder, options.PythonPackLimit, time);
    }

    /// <summary>What to send, without the number, which is the component's own. Not to be changed: others get the same.</summary>
    /// <exception cref="FunctionNotSupportedException">The function's code cannot travel.</exception>
    public async ValueTask<LoadFunction> PackAsync(FunctionDefinition function, CancellationToken cancellationToken)
    {
        var packing = _packed.GetValue(function, key => Task.Run(() => BuildAsync(key), CancellationToken.None));
        try
        {
            return await packing.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (packing.IsFaulted)
        {
            // What was wrong may be mended (a module installed, room in the store): the next component asks anew.
            _packed.Remove(function);
            throw;
        }
    }

    private async Task<LoadFunction> BuildAsync(FunctionDefinition function)
    {
        var load = new LoadFunction { Name = function.Name, Variadic = function.IsVariadic };
        load.Parameters.AddRange(function.Parameters);
        switch (function.Code)
        {
            case DotNetMethodCode method:
                load.Dotnet = await BuildAsync(method).ConfigureAwait(false);
                break;
            case PythonFileCode file:
                var packed = await _python.PackAsync(file, CancellationToken.None).ConfigureAwait(false);
                load.Python = new PythonCode { Pickle = await ValueOfAsync(packed.Pickle).ConfigureAwait(false) };
                load.Python.Requirements.AddRange(file.Requirements);
                if (load.Parameters.Count == 0)
                {
                    load.Parameters.AddRange(packed.Parameters);
                }

                break;
            default:
                throw new FunctionNotSupportedException($"Function '{function.Name}' cannot run in a component: its code is a {function.Code.GetType().Name}, expected {nameof(DotNetMethodCode)} or {nameof(PythonFileCode)}.");
        }

        return load;
    }

    private async Task<DotNetCode> BuildAsync(DotNetMethodCode method)
    {
        var bundle = CodeBundle.Of(method, _closure, _catalog);
        var code = new DotNetCode { Assembly = bundle.Assembly, Type = bundle.Type, Method = bundle.Method };
        code.ParameterTypes.AddRange(bundle.ParameterTypes);
        foreach (var file in bundle.Files)
        {
            code.Files.Add(new Wire.CodeFile
            {
                Name = file.Name,
                Sha256 = UnsafeByteOperations.UnsafeWrap(file.Sha256),
                Size = (ulong)file.Size,
                Object = ToWire(await PutAsync(file).ConfigureAwait(false)),
            });
        }

        return code;
    }

    private async Task<Value> ValueOfAsync(ReadOnlyMemory<byte> pickle)
    {
        const int InlineLimit = 64 * 1024;
        var value = new Value { Codec = CodecNames.Pickle, Size = (ulong)pickle.Length };
        if (pickle.Length <= InlineLimit)
        {
            value.Inline = UnsafeByteOperations.UnsafeWrap(pickle);
        }
        else
        {
            value.Reference = ToWire(await _store.PutAsync(pickle, CodecNames.Pickle, _owner).ConfigureAwait(false));
        }

        return value;
    }

    /// <summary>Puts a file once, however many functions need it.</summary>
    private async Task<Objects.ObjectRef> PutAsync(Code.CodeFile file)
    {
        var putting = _put.GetValue(file, PutNewAsync);
        try
        {
            return await putting.ConfigureAwait(false);
        }
        catch (Exception)
        {
            _put.Remove(file);
            throw;
        }
    }

    private async Task<Objects.ObjectRef> PutNewAsync(Code.CodeFile file)
    {
        var bytes = await File.ReadAllBytesAsync(file.Path).ConfigureAwait(false);
        return await _store.PutAsync(bytes, CodecNames.Raw, _owner, CodeObjectId.Of(file.Sha256.Span)).ConfigureAwait(false);
    }

    private static Wire.ObjectRef ToWire(Objects.ObjectRef reference)
    {
        var id = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(id, reference.Id.Value);
        return new Wire.ObjectRef { Id = UnsafeByteOperations.UnsafeWrap(id), Source = reference.Source };
    }
}
