// Loads Turtle ontologies with the OWL API, as Protégé does, and saves each again over itself.
// java -cp "JARS/*" Save.java FOLDER VOCABULARY

import java.io.File;
import org.coode.owlapi.turtle.TurtleOntologyFormat;
import org.semanticweb.owlapi.apibinding.OWLManager;
import org.semanticweb.owlapi.model.IRI;
import org.semanticweb.owlapi.model.OWLOntology;
import org.semanticweb.owlapi.model.OWLOntologyFormat;
import org.semanticweb.owlapi.model.OWLOntologyManager;
import org.semanticweb.owlapi.util.SimpleIRIMapper;

public class Save {
  public static void main(String[] arguments) throws Exception {
    String folder = arguments[0];
    String base = "https://colloquy.example/co-production/";
    String[][] catalogue = {
      {"https://colloquy.example/ns", arguments[1]},
      {base + "standards", folder + "/standards.ttl"},
      {base + "ontology", folder + "/co-production.ttl"},
      {base + "views", folder + "/views.ttl"},
      {base + "shapes", folder + "/shapes.ttl"},
    };
    OWLOntology[] loaded = new OWLOntology[catalogue.length];
    OWLOntologyManager[] managers = new OWLOntologyManager[catalogue.length];
    for (int i = 1; i < catalogue.length; i++) {
      managers[i] = OWLManager.createOWLOntologyManager();
      for (String[] entry : catalogue) {
        managers[i].addIRIMapper(new SimpleIRIMapper(IRI.create(entry[0]), IRI.create(new File(entry[1]))));
      }
      loaded[i] = managers[i].loadOntologyFromOntologyDocument(new File(catalogue[i][1]));
    }
    for (int i = 1; i < catalogue.length; i++) {
      TurtleOntologyFormat format = new TurtleOntologyFormat();
      OWLOntologyFormat before = managers[i].getOntologyFormat(loaded[i]);
      if (before.isPrefixOWLOntologyFormat()) format.copyPrefixesFrom(before.asPrefixOWLOntologyFormat());
      managers[i].saveOntology(loaded[i], format, IRI.create(new File(catalogue[i][1])));
    }
  }
}
